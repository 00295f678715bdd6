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

function createRecords(provider: CryptoProvider): RecordProvider {
  const senders = new WeakMap<RecordSender, Sender>();
  const recipients = new WeakMap<RecordRecipient, Recipient>();
  const senderOf = (handle: RecordSender) => senders.get(handle) ?? refuse('badArgument');
  const recipientOf = (handle: RecordRecipient) => recipients.get(handle) ?? refuse('badArgument');

  return Object.freeze({
    createSender(direction, firstSequenceNumber, maxSealed) {
      const handle: RecordSender = Object.freeze({ brand: 'sender' });
      senders.set(handle, createSender(provider, direction, firstSequenceNumber, maxSealed));
      return handle;
    },
    nextSequenceNumber: (sender) => senderOf(sender).nextSequenceNumber(),
    reserve: (sender, upTo) => senderOf(sender).reserve(upTo),
    refusal: (sender, length) => senderOf(sender).refusal(length),
    protect: (sender, plaintext) => senderOf(sender).protect(plaintext),
    protectInto: (sender, plaintext, target) => senderOf(sender).protectInto(plaintext, target),

    createRecipient(direction, state, maxFailed) {
      const handle: RecordRecipient = Object.freeze({ brand: 'recipient' });
      recipients.set(handle, createRecipient(provider, direction, state, maxFailed));
      return handle;
    },
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
