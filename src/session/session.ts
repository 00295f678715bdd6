// SPDX-License-Identifier: Apache-2.0

import type { ReceivedState } from '../crypto/records.ts';
import { deriveContexts, type SecurityContext } from './context.ts';
import { createOneCallRecipient, createOneCallSender } from './one-call.ts';
import { createRecipient, NOTHING_RECEIVED } from './recipient.ts';
import type { RecordForm } from './record.ts';
import { createSender } from './sender.ts';
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
  /** Wipes the keys. What is asked later is refused with `keyWiped`. Safe to call twice. */
  close(this: void): void;
}

export interface SessionOptions extends SequenceOptions {
  /** What an earlier session under the same keys returned from `received`. */
  readonly received?: ReceivedState;
  /** Forms in which records are accepted. They are sent compressed. */
  readonly acceptedForms?: readonly RecordForm[];
}

const COMPRESSED_ONLY: readonly RecordForm[] = Object.freeze(['compressed']);

/** Uses the provider's records where it has them. Else single algorithms, with all of a record in TypeScript. */
export function createSession(context: SecurityContext, options: SessionOptions): Session {
  const acceptedForms = options.acceptedForms?.slice() ?? COMPRESSED_ONLY;
  const received = options.received ?? NOTHING_RECEIVED;
  const { provider } = context;
  const { records } = provider;
  const derived = deriveContexts(context);
  try {
    const sender =
      records === undefined
        ? createSender(provider, derived.sender, options)
        : createOneCallSender(records, derived.sender, options);
    const recipient =
      records === undefined
        ? createRecipient(provider, derived.recipient, received, acceptedForms)
        : createOneCallRecipient(records, derived.recipient, received, acceptedForms);
    return {
      algorithm: derived.sender.algorithm,
      mode: derived.sender.mode,
      protect: sender.protect,
      protectInto: sender.protectInto,
      unprotect: recipient.unprotect,
      received: recipient.state,
      close() {
        sender.close();
        recipient.close();
      },
    };
  } finally {
    derived.wipe();
  }
}
