// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { RecordFields } from './compressed.ts';
import type { DirectionContext } from './context.ts';
import { keyLimits } from './key-limits.ts';
import { type ReplayState, ReplayWindow } from './replay.ts';

/** What a recipient remembers across a restart. */
export interface RecipientState extends ReplayState {
  /** Records that failed to verify under this key. */
  readonly failed: number;
}

/** Verifies what this end receives (RFC 8613 section 8.2, without CoAP). */
export interface Recipient {
  /**
   * Returns the plaintext. A record that is refused changes nothing but the count of failures: the window
   * moves after the record is verified and before its plaintext is released.
   */
  unprotect(fields: RecordFields): Uint8Array;
  state(): RecipientState;
  close(): void;
}

export function createRecipient(
  context: DirectionContext,
  from: RecipientState = { highest: -1, seen: 0, failed: 0 },
): Recipient {
  const { protection } = context;
  const { maxFailed } = keyLimits(context.algorithm);
  const window = new ReplayWindow(from);
  let { failed } = from;
  if (!(Number.isInteger(failed) && failed >= 0)) refuse('badArgument');

  function unprotect(fields: RecordFields): Uint8Array {
    checkAddressee(fields, context);
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
    close: () => protection.wipe(),
  };
}

function checkAddressee({ kid, kidContext, body }: RecordFields, context: DirectionContext): void {
  if (!equalBytes(kid, context.kid)) refuse('kidUnknown');
  if (!sameContext(kidContext, context.kidContext)) refuse('contextUnknown');
  if (body.length < context.tagLength) refuse('truncated');
  if (body.length - context.tagLength > ImplementationLimits.recordMaxMessageBytes) refuse('tooLong');
}

function sameContext(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}
