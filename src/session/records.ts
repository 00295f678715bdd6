// SPDX-License-Identifier: Apache-2.0

/** Records over single algorithms: the readable reference for providers that make records themselves. */
import type { CryptoProvider } from '../crypto/provider.ts';
import type { RecordProvider, RecordRecipient, RecordSender } from '../crypto/records.ts';
import { Refusal, refuse } from '../refusal.ts';
import { createRecipient, type Recipient } from './recipient.ts';
import { createSender, type Sender } from './sender.ts';

/** Returns the same provider with records in TypeScript, made of its AEADs and MACs. */
export function withRecords(provider: CryptoProvider): CryptoProvider {
  return Object.freeze({ ...provider, records: createRecords(provider) });
}

/** Handles that carry what they stand for: looking it up by the handle costs more than the rest around a record. */
class SenderHandle implements RecordSender {
  readonly brand = 'sender';
  readonly end: Sender;

  constructor(end: Sender) {
    this.end = end;
    Object.freeze(this);
  }
}

class RecipientHandle implements RecordRecipient {
  readonly brand = 'recipient';
  readonly end: Recipient;

  constructor(end: Recipient) {
    this.end = end;
    Object.freeze(this);
  }
}

function createRecords(provider: CryptoProvider): RecordProvider {
  return Object.freeze({
    createSender: (direction, firstSequenceNumber, maxSealed) =>
      new SenderHandle(createSender(provider, direction, firstSequenceNumber, maxSealed)),
    nextSequenceNumber: (sender) => senderOf(sender).nextSequenceNumber(),
    reserve: (sender, upTo) => senderOf(sender).reserve(upTo),
    refusal: (sender, length) => senderOf(sender).refusal(length),
    protect: (sender, plaintext) => senderOf(sender).protect(plaintext),
    protectInto: (sender, plaintext, target) => senderOf(sender).protectInto(plaintext, target),

    createRecipient: (direction, state, maxFailed) =>
      new RecipientHandle(createRecipient(provider, direction, state, maxFailed)),
    unprotect(recipient, record) {
      const { unprotect } = recipientOf(recipient);
      try {
        return unprotect(record);
      } catch (error) {
        if (error instanceof Refusal) return error.reason;
        throw error;
      }
    },
    received: (recipient) => recipientOf(recipient).state(),
    wipe: (end) => (end.brand === 'sender' ? senderOf(end) : recipientOf(end)).wipe(),
  } satisfies RecordProvider);
}

function senderOf(handle: RecordSender): Sender {
  return handle instanceof SenderHandle ? handle.end : refuse('badArgument');
}

function recipientOf(handle: RecordRecipient): Recipient {
  return handle instanceof RecipientHandle ? handle.end : refuse('badArgument');
}
