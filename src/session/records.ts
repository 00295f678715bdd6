// SPDX-License-Identifier: Apache-2.0

/** Records over single algorithms: the readable reference for providers that make records themselves. */
import type { CryptoProvider } from '../crypto/provider.ts';
import type { RecordDirection, RecordProvider, RecordRecipient, RecordSender } from '../crypto/records.ts';
import { Refusal, refuse } from '../refusal.ts';
import { createProtection, type Protection } from './protection.ts';
import { Recipient } from './recipient.ts';
import { Sender } from './sender.ts';

/** Returns the same provider with records in TypeScript, made of its AEADs and MACs. */
export function withRecords(provider: CryptoProvider): CryptoProvider {
  return Object.freeze({
    ...provider,
    records: createRecords((direction) => createProtection(provider, direction)),
  });
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

/** Returns records in TypeScript over what protects a direction. */
export function createRecords<Key>(
  protectionOf: (direction: RecordDirection<Key>) => Protection,
): RecordProvider<Key> {
  return Object.freeze({
    createSender: (direction, firstSequenceNumber, maxSealed) =>
      new SenderHandle(new Sender(protectionOf(direction), direction, firstSequenceNumber, maxSealed)),
    nextSequenceNumber: (sender) => senderOf(sender).nextSequenceNumber(),
    reserve: (sender, upTo) => senderOf(sender).reserve(upTo),
    refusal: (sender, length) => senderOf(sender).refusal(length),
    protect: (sender, plaintext) => senderOf(sender).protect(plaintext),
    protectInto: (sender, plaintext, target) => senderOf(sender).protectInto(plaintext, target),
    protectNested(outer, outerHead, inner, innerHead, plaintext) {
      const [around, within] = [senderOf(outer), senderOf(inner)];
      const length = 1 + within.lengthOf(plaintext.length);
      if (!within.isReady(plaintext.length) || !around.isReady(length)) return undefined;
      return behindHead(outerHead, around, behindHead(innerHead, within, plaintext));
    },

    createRecipient: (direction, state, maxFailed) =>
      new RecipientHandle(new Recipient(protectionOf(direction), direction, state, maxFailed)),
    unprotect(recipient, record) {
      const end = recipientOf(recipient);
      try {
        return end.unprotect(record);
      } catch (error) {
        if (error instanceof Refusal) return error.reason;
        throw error;
      }
    },
    received: (recipient) => recipientOf(recipient).state(),
    wipe: (end) => (end.brand === 'sender' ? senderOf(end) : recipientOf(end)).wipe(),
  } satisfies RecordProvider<Key>);
}

/** The next record of a sender that is ready, behind a byte. */
function behindHead(head: number, sender: Sender, plaintext: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + sender.lengthOf(plaintext.length));
  message[0] = head;
  sender.put(plaintext, message, 1);
  return message;
}

function senderOf(handle: RecordSender): Sender {
  return handle instanceof SenderHandle ? handle.end : refuse('badArgument');
}

function recipientOf(handle: RecordRecipient): Recipient {
  return handle instanceof RecipientHandle ? handle.end : refuse('badArgument');
}
