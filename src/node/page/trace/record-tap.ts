// SPDX-License-Identifier: Apache-2.0

/** Lets an observer see the records that an entity seals and opens, as they pass. It is given no key, and changes nothing. */
import { algorithmParameters } from '../../../crypto/algorithms.ts';
import type { CryptoProvider } from '../../../crypto/provider.ts';
import type { RecordProvider, RecordRecipient, RecordSender } from '../../../crypto/records.ts';

export interface SeenRecord {
  /** Both are copies. */
  readonly record: Uint8Array;
  readonly plaintext: Uint8Array;
  /** Bytes of the tag at the end of the record. */
  readonly tagLength: number;
  /** Stands for the key: the same in all records under it. */
  readonly end: RecordSender | RecordRecipient;
}

export interface RecordObserver {
  onSealed(seen: SeenRecord): void;
  onOpened(seen: SeenRecord): void;
}

/** The same provider, with its records observed. One whose records nest in one call is not observed in those. */
export function observeRecords(provider: CryptoProvider, observer: RecordObserver): CryptoProvider {
  const { records } = provider;
  return records === undefined ? provider : { ...provider, records: tapped(records, observer) };
}

function tapped(records: RecordProvider, observer: RecordObserver): RecordProvider {
  const tagLengths = new WeakMap<RecordSender | RecordRecipient, number>();
  const seen = (end: RecordSender | RecordRecipient, record: Uint8Array, plaintext: Uint8Array) => ({
    record: record.slice(),
    plaintext: plaintext.slice(),
    tagLength: tagLengths.get(end) ?? 0,
    end,
  });
  return {
    ...records,
    createSender(direction, ...rest) {
      const sender = records.createSender(direction, ...rest);
      tagLengths.set(sender, tagLengthOf(direction.algorithm));
      return sender;
    },
    createRecipient(direction, ...rest) {
      const recipient = records.createRecipient(direction, ...rest);
      tagLengths.set(recipient, tagLengthOf(direction.algorithm));
      return recipient;
    },
    protect(sender, plaintext) {
      const record = records.protect(sender, plaintext);
      if (record !== undefined) observer.onSealed(seen(sender, record, plaintext));
      return record;
    },
    protectInto(sender, plaintext, target) {
      const length = records.protectInto(sender, plaintext, target);
      if (length !== undefined && length > 0)
        observer.onSealed(seen(sender, target.subarray(0, length), plaintext));
      return length;
    },
    unprotect(recipient, record) {
      const plaintext = records.unprotect(recipient, record);
      if (typeof plaintext !== 'number') observer.onOpened(seen(recipient, record, plaintext));
      return plaintext;
    },
  };
}

function tagLengthOf(algorithm: number): number {
  const parameters = algorithmParameters(algorithm);
  return parameters === undefined || parameters.kind === 'hash' ? 0 : parameters.tagLength;
}
