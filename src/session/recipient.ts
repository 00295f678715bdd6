// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { ReceivedState } from '../crypto/records.ts';
import { refuse } from '../refusal.ts';
import type { RecordFields } from './compressed.ts';
import type { DirectionContext } from './context.ts';
import { keyLimits } from './key-limits.ts';
import { createProtection } from './protection.ts';
import { parseRecord, type RecordForm } from './record.ts';
import { ReplayWindow } from './replay.ts';

/** Verifies what this end receives (RFC 8613 section 8.2, without CoAP). */
export interface Recipient {
  /**
   * Returns the plaintext. A record that is refused changes nothing but the count of failures: the window
   * moves after the record is verified and before its plaintext is released.
   */
  unprotect(this: void, record: Uint8Array): Uint8Array;
  state(): ReceivedState;
  close(): void;
}

export const NOTHING_RECEIVED: ReceivedState = Object.freeze({ highest: -1, seen: 0, failed: 0 });

/** The recipient in TypeScript, over single algorithms. It continues from `state`. */
export function createRecipient(
  provider: CryptoProvider,
  context: DirectionContext,
  state: ReceivedState,
  acceptedForms: readonly RecordForm[],
): Recipient {
  checkFailed(state);
  const { algorithm, mode } = context;
  const { maxFailed } = keyLimits(algorithm);
  const window = new ReplayWindow(state);
  const protection = createProtection(provider, context);
  let { failed } = state;

  function unprotect(record: Uint8Array): Uint8Array {
    const fields = parseRecord(record, algorithm, acceptedForms);
    checkAddressee(fields, context);
    if (!window.isFresh(fields.sequence)) refuse('replay');
    if (failed >= maxFailed) refuse('keyLimitReached');
    const plaintext = protection.open(fields.partialIv, fields.body);
    if (plaintext === undefined) {
      failed += 1;
      refuse(mode === 'encrypt' ? 'decryptionFailure' : 'integrityFailure');
    }
    window.accept(fields.sequence);
    return plaintext;
  }

  return {
    unprotect,
    state: () => ({ ...window.state(), failed }),
    close: () => protection.wipe(),
  };
}

/** Refuses with `badArgument` a count of failures that is none. */
export function checkFailed({ failed }: ReceivedState): void {
  if (!(Number.isSafeInteger(failed) && failed >= 0)) refuse('badArgument');
}

function checkAddressee({ kid, kidContext, body }: RecordFields, context: DirectionContext): void {
  if (!equalBytes(kid, context.kid)) refuse('kidUnknown');
  if (!sameContext(kidContext, context.kidContext)) refuse('contextUnknown');
  if (body.length < context.tagLength) refuse('truncated');
  if (body.length - context.tagLength > context.maxMessageBytes) refuse('tooLong');
}

function sameContext(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}
