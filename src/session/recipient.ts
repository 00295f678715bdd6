// SPDX-License-Identifier: Apache-2.0

import type { ReceivedState, RecordDirection } from '../crypto/records.ts';
import { refuse } from '../refusal.ts';
import { parseHeader, type RecordHeader } from './compressed.ts';
import type { Protection } from './protection.ts';
import { recordForm } from './record.ts';
import { ReplayWindow } from './replay.ts';

/** Verifies one direction (RFC 8613 section 8.2, without CoAP). It continues from a state. */
export class Recipient {
  private readonly protection: Protection;
  private readonly kid: Uint8Array;
  private readonly kidContext: Uint8Array | undefined;
  private readonly maxMessageBytes: number;
  private readonly maxFailed: number;
  private readonly window: ReplayWindow;
  private failed: number;

  constructor(
    protection: Protection,
    { kid, kidContext, maxMessageBytes }: RecordDirection<unknown>,
    state: ReceivedState,
    maxFailed: number,
  ) {
    this.protection = protection;
    this.kid = kid.slice();
    this.kidContext = kidContext?.slice();
    this.maxMessageBytes = maxMessageBytes;
    this.maxFailed = maxFailed;
    this.window = new ReplayWindow(state);
    this.failed = state.failed;
  }

  /**
   * Returns the plaintext. A record that is refused changes nothing but the count of failures: the window
   * moves after the record is verified and before its plaintext is released.
   */
  unprotect(record: Uint8Array): Uint8Array {
    if (recordForm(record) !== 'compressed') refuse('formNotAccepted');
    const header = parseHeader(record);
    this.checkAddressee(record, header);
    const { sequence, bodyStart } = header;
    if (!this.window.isFresh(sequence)) refuse('replay');
    if (this.failed >= this.maxFailed) refuse('keyLimitReached');
    const plaintext = this.protection.open(sequence, record, bodyStart);
    if (plaintext === undefined) {
      this.failed += 1;
      refuse(this.protection.failure);
    }
    this.window.accept(sequence);
    return plaintext;
  }

  state(): ReceivedState {
    return { ...this.window.state(), failed: this.failed };
  }

  wipe(): void {
    this.protection.wipe();
  }

  private checkAddressee(record: Uint8Array, { contextStart, kidStart, bodyStart }: RecordHeader): void {
    if (!liesAt(this.kid, record, kidStart, bodyStart)) refuse('kidUnknown');
    const isOurs =
      contextStart === undefined || this.kidContext === undefined
        ? contextStart === this.kidContext
        : liesAt(this.kidContext, record, contextStart, kidStart);
    if (!isOurs) refuse('contextUnknown');
    const length = record.length - bodyStart - this.protection.tagLength;
    if (length < 0) refuse('truncated');
    if (length > this.maxMessageBytes) refuse('tooLong');
  }
}

/** Whether a record has exactly these public bytes from `start` to before `end`. */
function liesAt(bytes: Uint8Array, record: Uint8Array, start: number, end: number): boolean {
  if (end - start !== bytes.length) return false;
  for (let at = 0; at < bytes.length; at++) if (record[start + at] !== bytes[at]) return false;
  return true;
}
