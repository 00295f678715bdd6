// SPDX-License-Identifier: Apache-2.0

/** Sender and recipient where the provider makes whole records: one call each, and nothing else on the way. */
import type { RecordProvider } from '../crypto/records.ts';
import { refuseNumbered } from '../refusal.ts';
import { encodeCompressed } from './compressed.ts';
import type { DirectionContext } from './context.ts';
import { parseFull } from './expand.ts';
import { keyLimits } from './key-limits.ts';
import { checkFailed, type Recipient } from './recipient.ts';
import { checkForm, type RecordForm } from './record.ts';
import { checkReplayState } from './replay.ts';
import type { Sender } from './sender.ts';
import { blockEnd, checkFirstSequenceNumber, type SequenceOptions } from './sequence.ts';

/** As `createSender`. */
export function createOneCallSender(
  records: RecordProvider,
  context: DirectionContext,
  options: SequenceOptions,
): Sender {
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
    if (reason !== undefined) refuseNumbered(reason);
    reserveBlock();
    return protectRecord(plaintext);
  }

  function protectRecordInto(plaintext: Uint8Array, target: Uint8Array): number {
    const length = protectInto(sender, plaintext, target);
    if (length === undefined) {
      reserveBlock();
      return protectRecordInto(plaintext, target);
    }
    return length > 0 ? length : refuseNumbered(-length);
  }

  return { protect: protectRecord, protectInto: protectRecordInto, close: () => records.wipe(sender) };
}

/** As `createRecipient`. */
export function createOneCallRecipient(
  records: RecordProvider,
  context: DirectionContext,
  state: Parameters<RecordProvider['createRecipient']>[1],
  acceptedForms: readonly RecordForm[],
): Recipient {
  checkReplayState(state);
  checkFailed(state);
  const { unprotect } = records;
  const { algorithm } = context;
  const recipient = records.createRecipient(context, state, keyLimits(algorithm).maxFailed);

  function unprotectCompressed(record: Uint8Array): Uint8Array {
    const plaintext = unprotect(recipient, record);
    return typeof plaintext === 'object' ? plaintext : refuseNumbered(plaintext);
  }

  /** What is read of a full message are the fields of the compressed record that it stands for. */
  function unprotectEither(record: Uint8Array): Uint8Array {
    if (checkForm(record, acceptedForms) === 'compressed') return unprotectCompressed(record);
    const { partialIv, kid, kidContext, body } = parseFull(record, algorithm);
    return unprotectCompressed(encodeCompressed(partialIv, kid, kidContext, body));
  }

  return {
    unprotect: acceptedForms.includes('full') ? unprotectEither : unprotectCompressed,
    state: () => records.received(recipient),
    close: () => records.wipe(recipient),
  };
}
