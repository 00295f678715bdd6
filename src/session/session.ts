// SPDX-License-Identifier: Apache-2.0

import type { ReceivedState } from '../crypto/records.ts';
import { refuse } from '../refusal.ts';
import { deriveContexts, type SecurityContext } from './context.ts';
import { createReceivingEnd, createSendingEnd, type FormReader } from './ends.ts';
import type { SessionEnds } from './nested.ts';
import { NOTHING_RECEIVED } from './received.ts';
import type { SequenceOptions } from './sequence.ts';

export type { SecurityContext } from './context.ts';

/** Records in both directions between two ends that share a security context (RFC 8613). */
export interface Session {
  /** COSE number and mode of what this end sends. */
  readonly algorithm: number;
  readonly mode: 'encrypt' | 'integrity-only';
  /** Returns a compressed record of `plaintext`. The caller owns it. */
  protect(this: void, plaintext: Uint8Array): Uint8Array;
  /**
   * Writes the same to the start of `target` and returns its length in bytes. Refuses, before a sequence number
   * is used, with `targetTooShort` a target without room, with `badArgument` one that overlaps the plaintext.
   */
  protectInto(this: void, plaintext: Uint8Array, target: Uint8Array): number;
  /** Returns the plaintext of a record, owned by the caller, or refuses it and changes nothing else. */
  unprotect(this: void, record: Uint8Array): Uint8Array;
  /** What to store so that a restarted session still refuses what this one has seen. */
  received(): ReceivedState;
  /** For records of two sessions at once; undefined where other forms are read than the compressed one. */
  readonly ends: SessionEnds | undefined;
  /** Wipes the keys. What is asked later is refused with `keyWiped`. Safe to call twice. */
  close(this: void): void;
}

export interface SessionOptions extends SequenceOptions {
  /** What an earlier session under the same keys returned from `received`. */
  readonly received?: ReceivedState;
  /** For other forms than the compressed one, in which records are sent (see forms.ts). */
  readonly readForm?: FormReader;
}

/**
 * Over the provider's records, which C makes or, for a provider of single algorithms, `withRecords` (records.ts).
 * Refuses with `unsupportedAlgorithm` a provider that has none.
 */
export function createSession(context: SecurityContext, options: SessionOptions): Session {
  const { received = NOTHING_RECEIVED, readForm } = options;
  const records = context.provider.records ?? refuse('unsupportedAlgorithm');
  const derived = deriveContexts(context);
  try {
    const sender = createSendingEnd(records, derived.sender, options);
    const recipient = createReceivingEnd(records, derived.recipient, received, readForm);
    return {
      algorithm: derived.sender.algorithm,
      mode: derived.sender.mode,
      protect: sender.protect,
      protectInto: sender.protectInto,
      unprotect: recipient.unprotect,
      received: recipient.state,
      ends:
        readForm === undefined ? { records, sender: sender.handle, recipient: recipient.handle } : undefined,
      close() {
        sender.close();
        recipient.close();
      },
    };
  } finally {
    derived.wipe();
  }
}
