// SPDX-License-Identifier: Apache-2.0

/** The two ends of a session, over records that the provider makes: one call each, and nothing else on the way. */
import type { ReceivedState, RecordProvider, RecordRecipient, RecordSender } from '../crypto/records.ts';
import { refuse } from '../refusal.ts';
import type { DirectionContext } from './context.ts';
import { keyLimits } from './key-limits.ts';
import { checkReceived } from './received.ts';
import { blockEnd, checkFirstSequenceNumber, type SequenceOptions } from './sequence.ts';

/** Protects what this end sends. */
export interface SendingEnd {
  readonly handle: RecordSender;
  /** Returns a compressed record. Refuses `tooLong`, `keyWiped`, `sequenceExhausted`, `keyLimitReached`. */
  protect(this: void, plaintext: Uint8Array): Uint8Array;
  /**
   * Writes it to the start of `target` and returns its length in bytes. Refuses besides, before a number is used,
   * with `badArgument` a target that overlaps the plaintext, with `targetTooShort` one that has no room.
   */
  protectInto(this: void, plaintext: Uint8Array, target: Uint8Array): number;
  close(): void;
}

/** Verifies what this end receives. */
export interface ReceivingEnd {
  readonly handle: RecordRecipient;
  /** Returns the plaintext. A record that is refused changes nothing but the count of failures. */
  unprotect(this: void, record: Uint8Array): Uint8Array;
  state(): ReceivedState;
  close(): void;
}

/**
 * Returns the compressed record that a received one stands for, made with `algorithm`. Refuses with
 * `formNotAccepted` another form than those it reads. Those that there are, are in forms.ts.
 */
export type FormReader = (record: Uint8Array, algorithm: number) => Uint8Array;

export function createSendingEnd(
  records: RecordProvider,
  context: DirectionContext,
  options: SequenceOptions,
): SendingEnd {
  checkFirstSequenceNumber(options.firstSequenceNumber);
  const { protect, protectInto } = records;
  const { maxSealed } = keyLimits(context.algorithm);
  const sender = records.createSender(context, options.firstSequenceNumber, maxSealed);

  function reserveBlock(): void {
    const upTo = blockEnd(records.nextSequenceNumber(sender));
    options.reserve(upTo);
    records.reserve(sender, upTo);
  }

  function protectRecord(plaintext: Uint8Array): Uint8Array {
    return protect(sender, plaintext) ?? protectInNextBlock(plaintext);
  }

  function protectInNextBlock(plaintext: Uint8Array): Uint8Array {
    const reason = records.refusal(sender, plaintext.length);
    if (reason !== undefined) refuse(reason);
    reserveBlock();
    return protectRecord(plaintext);
  }

  function protectRecordInto(plaintext: Uint8Array, target: Uint8Array): number {
    const length = protectInto(sender, plaintext, target);
    if (length === undefined) {
      reserveBlock();
      return protectRecordInto(plaintext, target);
    }
    return length > 0 ? length : refuse(-length);
  }

  return {
    handle: sender,
    protect: protectRecord,
    protectInto: protectRecordInto,
    close: () => records.wipe(sender),
  };
}

/** It continues from `state`. Without a `readForm` it accepts the compressed form alone. */
export function createReceivingEnd(
  records: RecordProvider,
  context: DirectionContext,
  state: ReceivedState,
  readForm?: FormReader,
): ReceivingEnd {
  checkReceived(state);
  const { unprotect } = records;
  const { algorithm } = context;
  const recipient = records.createRecipient(context, state, keyLimits(algorithm).maxFailed);

  function unprotectCompressed(record: Uint8Array): Uint8Array {
    const plaintext = unprotect(recipient, record);
    return typeof plaintext === 'object' ? plaintext : refuse(plaintext);
  }

  return {
    handle: recipient,
    unprotect:
      readForm === undefined
        ? unprotectCompressed
        : (record) => unprotectCompressed(readForm(record, algorithm)),
    state: () => records.received(recipient),
    close: () => records.wipe(recipient),
  };
}
