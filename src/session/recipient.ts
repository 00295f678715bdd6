// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { ReceivedState, RecordDirection } from '../crypto/records.ts';
import { refuse } from '../refusal.ts';
import { parseCompressed, type RecordFields } from './compressed.ts';
import { createProtection } from './protection.ts';
import { recordForm } from './record.ts';
import { ReplayWindow } from './replay.ts';

/** Verifies one direction (RFC 8613 section 8.2, without CoAP). */
export interface Recipient {
  /**
   * Returns the plaintext. A record that is refused changes nothing but the count of failures: the window
   * moves after the record is verified and before its plaintext is released.
   */
  unprotect(this: void, record: Uint8Array): Uint8Array;
  state(): ReceivedState;
  wipe(): void;
}

/** The recipient in TypeScript, over single algorithms. It continues from `state`. */
export function createRecipient(
  provider: CryptoProvider,
  direction: RecordDirection,
  state: ReceivedState,
  maxFailed: number,
): Recipient {
  const { maxMessageBytes } = direction;
  const kid = direction.kid.slice();
  const kidContext = direction.kidContext?.slice();
  const window = new ReplayWindow(state);
  const protection = createProtection(provider, direction);
  let { failed } = state;

  function checkAddressee(fields: RecordFields): void {
    if (!equalBytes(fields.kid, kid)) refuse('kidUnknown');
    if (!sameContext(fields.kidContext, kidContext)) refuse('contextUnknown');
    const length = fields.body.length - protection.tagLength;
    if (length < 0) refuse('truncated');
    if (length > maxMessageBytes) refuse('tooLong');
  }

  function unprotect(record: Uint8Array): Uint8Array {
    if (recordForm(record) !== 'compressed') refuse('formNotAccepted');
    const fields = parseCompressed(record);
    checkAddressee(fields);
    if (!window.isFresh(fields.sequence)) refuse('replay');
    if (failed >= maxFailed) refuse('keyLimitReached');
    const plaintext = protection.open(fields.partialIv, fields.body);
    if (plaintext === undefined) {
      failed += 1;
      refuse(protection.failure);
    }
    window.accept(fields.sequence);
    return plaintext;
  }

  return {
    unprotect,
    state: () => ({ ...window.state(), failed }),
    wipe: () => protection.wipe(),
  };
}

function sameContext(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}
