// SPDX-License-Identifier: Apache-2.0

/** Numbers and windows in C, by what those in TypeScript are tested for. */
import { Algorithm } from '../../src/crypto/algorithms.ts';
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import type { RecordSender } from '../../src/crypto/records.ts';
import { SpecificationLimits } from '../../src/limits.ts';
import { refuseNumbered } from '../../src/refusal.ts';
import { parseCompressed } from '../../src/session/compressed.ts';
import { type DirectionContext, deriveContexts } from '../../src/session/context.ts';
import { createOneCallRecipient } from '../../src/session/one-call.ts';
import { runReplayTests, type Window } from '../../src/session/replay.testing.ts';
import type { ReplayState } from '../../src/session/replay.ts';
import { runSequenceTests } from '../../src/session/sequence.testing.ts';
import { blockEnd, checkFirstSequenceNumber, type SequenceOptions } from '../../src/session/sequence.ts';
import { fixtureOf } from '../../src/session/test-fixture.ts';
import { cryptoNatives } from './crypto.ts';

const END = SpecificationLimits.maxSequenceNumber + 1;
const EMPTY = new Uint8Array(0);

const provider = createNativeProvider(cryptoNatives()!);
const records = provider.records!;
/** One direction: what its sender makes its recipient takes. */
const direction: DirectionContext = deriveContexts(
  fixtureOf(provider).contextOf(Algorithm.AES_CCM_16_64_128),
).sender;

runSequenceTests('a sender in C', createNumbers);
runReplayTests('a recipient in C', createWindow);

/** The numbers that a sender puts into its records. */
function createNumbers(options: SequenceOptions, maxSealed: number) {
  checkFirstSequenceNumber(options.firstSequenceNumber);
  const sender = records.createSender(direction, options.firstSequenceNumber, maxSealed);

  function take(): number {
    const record = records.protect(sender, EMPTY);
    if (record !== undefined) return parseCompressed(record).sequence;
    const reason = records.refusal(sender, 0);
    if (reason !== undefined) refuseNumbered(reason);
    reserveBlock(sender, options);
    return take();
  }

  return { take };
}

function reserveBlock(sender: RecordSender, options: SequenceOptions): void {
  const upTo = blockEnd(records.nextSequenceNumber(sender));
  options.reserve(upTo);
  records.reserve(sender, upTo);
}

/** A recipient's window, by what it says to records: a forged one is told to be a replay where it is one. */
function createWindow(from: ReplayState = { highest: -1, seen: 0 }): Window {
  const recipient = createOneCallRecipient(records, direction, { ...from, failed: 0 }, ['compressed']);
  return {
    isFresh(sequence) {
      const forged = recordWith(sequence);
      forged[forged.length - 1]! ^= 1;
      try {
        recipient.unprotect(forged);
        return false;
      } catch (error) {
        return !String(error).includes('replay');
      }
    },
    accept: (sequence) => void recipient.unprotect(recordWith(sequence)),
    state() {
      const { highest, seen } = recipient.state();
      return { highest, seen };
    },
  };
}

function recordWith(sequence: number): Uint8Array {
  const sender = records.createSender(direction, sequence, END);
  records.reserve(sender, sequence + 1);
  return records.protect(sender, EMPTY) as Uint8Array;
}
