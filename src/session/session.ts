// SPDX-License-Identifier: Apache-2.0

import { deriveContexts, type SecurityContext } from './context.ts';
import { createRecipient, type RecipientState } from './recipient.ts';
import { parseRecord, type RecordForm } from './record.ts';
import { createSender } from './sender.ts';
import type { SequenceOptions } from './sequence.ts';

export type { SecurityContext } from './context.ts';

/** Records in both directions between two ends that share a security context (RFC 8613). */
export interface Session {
  /** COSE number and mode of what this end sends. */
  readonly algorithm: number;
  readonly mode: 'encrypt' | 'integrity-only';
  /** Returns a compressed record of `plaintext`. The caller owns it. */
  protect(plaintext: Uint8Array): Uint8Array;
  /** Returns the plaintext of a record, owned by the caller, or refuses it and changes nothing else. */
  unprotect(record: Uint8Array): Uint8Array;
  /** What to store so that a restarted session still refuses what this one has seen. */
  received(): RecipientState;
  /** Wipes the keys. What is asked later is refused with `keyWiped`. Safe to call twice. */
  close(): void;
}

export interface SessionOptions extends SequenceOptions {
  /** What an earlier session under the same keys returned from `received`. */
  readonly received?: RecipientState;
  /** Forms in which records are accepted. They are sent compressed. */
  readonly acceptedForms?: readonly RecordForm[];
}

const COMPRESSED_ONLY: readonly RecordForm[] = Object.freeze(['compressed']);

export function createSession(context: SecurityContext, options: SessionOptions): Session {
  const acceptedForms = options.acceptedForms?.slice() ?? COMPRESSED_ONLY;
  const derived = deriveContexts(context);
  const sender = createSender(derived.sender, options);
  const recipient = createRecipient(derived.recipient, options.received);

  return {
    algorithm: context.algorithm,
    mode: derived.sender.protection.mode,
    protect: (plaintext) => sender.protect(plaintext),
    unprotect: (record) =>
      recipient.unprotect(parseRecord(record, derived.recipient.algorithm, acceptedForms)),
    received: () => recipient.state(),
    close() {
      sender.close();
      recipient.close();
    },
  };
}
