// SPDX-License-Identifier: Apache-2.0

/** What every provider of records does, below a session. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { RecordDirection, RecordProvider, RecordRecipient, RecordSender } from '../crypto/records.ts';
import { SpecificationLimits } from '../limits.ts';
import { Reason, refuse } from '../refusal.ts';
import { parseCompressed } from './compressed.ts';
import { type DirectionContext, deriveContexts } from './context.ts';
import { createReceivingEnd } from './ends.ts';
import type { ReplayState } from './received.ts';
import { runReplayTests, type Window } from './replay.testing.ts';
import { runSequenceTests } from './sequence.testing.ts';
import { blockEnd, checkFirstSequenceNumber, type SequenceOptions } from './sequence.ts';
import { fixtureOf } from './test-fixture.ts';

const END = SpecificationLimits.maxSequenceNumber + 1;
const EMPTY = new Uint8Array(0);

/** Numbers, replay windows and handles of the records that a provider makes. */
export function runRecordTests(provider: CryptoProvider): void {
  const records = provider.records!;
  /** What its sender makes its recipient takes. */
  const direction = deriveContexts(fixtureOf(provider).contextOf(Algorithm.AES_CCM_16_64_128)).sender;

  runSequenceTests(`a sender over ${provider.name}`, (options, maxSealed) =>
    createNumbers(records, direction, options, maxSealed),
  );
  runReplayTests(`a recipient over ${provider.name}`, (from) => createWindow(records, direction, from));
  runEndTests(provider.name, records, direction);
}

/** The numbers that a sender puts into its records. */
function createNumbers(
  records: RecordProvider,
  direction: RecordDirection,
  options: SequenceOptions,
  maxSealed: number,
) {
  checkFirstSequenceNumber(options.firstSequenceNumber);
  const sender = records.createSender(direction, options.firstSequenceNumber, maxSealed);

  function take(): number {
    const record = records.protect(sender, EMPTY);
    if (record !== undefined) return parseCompressed(record).sequence;
    const reason = records.refusal(sender, 0);
    if (reason !== undefined) refuse(reason);
    const upTo = blockEnd(records.nextSequenceNumber(sender));
    options.reserve(upTo);
    records.reserve(sender, upTo);
    return take();
  }

  return { take };
}

/** A recipient's window, by what it says to records: a forged one is told to be a replay where it is one. */
function createWindow(
  records: RecordProvider,
  direction: DirectionContext,
  from: ReplayState = { highest: -1, seen: 0 },
): Window {
  const recipient = createReceivingEnd(records, direction, { ...from, failed: 0 });
  return {
    isFresh(sequence) {
      const forged = recordWith(records, direction, sequence);
      forged[forged.length - 1]! ^= 1;
      try {
        recipient.unprotect(forged);
        return false;
      } catch (error) {
        return !String(error).includes('replay');
      }
    },
    accept: (sequence) => void recipient.unprotect(recordWith(records, direction, sequence)),
    state() {
      const { highest, seen } = recipient.state();
      return { highest, seen };
    },
  };
}

function recordWith(records: RecordProvider, direction: RecordDirection, sequence: number): Uint8Array {
  const sender = records.createSender(direction, sequence, END);
  records.reserve(sender, sequence + 1);
  return records.protect(sender, EMPTY)!;
}

function runEndTests(name: string, records: RecordProvider, direction: RecordDirection): void {
  const test = suite(`ends over ${name}`);
  const createRecipient = () => records.createRecipient(direction, { highest: -1, seen: 0, failed: 0 }, END);

  test('a record is made only of a reserved number', () => {
    const sender = records.createSender(direction, 5, END);
    assert.is(records.protect(sender, EMPTY), undefined);
    assert.is(records.protectInto(sender, EMPTY, new Uint8Array(20)), undefined);
    assert.is(records.refusal(sender, 0), undefined);
    records.reserve(sender, 6);
    assert.is(parseCompressed(records.protect(sender, EMPTY)!).sequence, 5);
    assert.is(records.protect(sender, EMPTY), undefined);
    assert.is(records.nextSequenceNumber(sender), 6);
  });

  test('a reservation is never taken back', () => {
    const sender = records.createSender(direction, 0, END);
    records.reserve(sender, 2);
    records.reserve(sender, 1);
    assert.ok(records.protect(sender, EMPTY));
    assert.ok(records.protect(sender, EMPTY));
  });

  test('reasons are returned as numbers', () => {
    const recipient = createRecipient();
    assert.is(records.unprotect(recipient, EMPTY), Reason.truncated);
    const sender = records.createSender(direction, 0, END);
    records.reserve(sender, 1);
    assert.is(records.protectInto(sender, EMPTY, EMPTY), -Reason.targetTooShort);
    assert.is(records.refusal(sender, direction.maxMessageBytes + 1), Reason.tooLong);
    records.wipe(sender);
    records.wipe(sender);
    assert.is(records.refusal(sender, 0), Reason.keyWiped);
    assert.is(records.protectInto(sender, EMPTY, EMPTY), -Reason.keyWiped);
  });

  test('what is no handle of it is refused', () => {
    const sender = Object.freeze({ brand: 'sender' } as const);
    const recipient = Object.freeze({ brand: 'recipient' } as const);
    assert.throws(() => records.protect(sender, EMPTY));
    assert.throws(() => records.unprotect(recipient, EMPTY));
    assert.throws(() => records.wipe(sender));
    const [otherSender, otherRecipient] = [records.createSender(direction, 0, END), createRecipient()];
    const swapped = otherRecipient as unknown as RecordSender;
    assert.throws(() => records.protect(swapped, EMPTY));
    assert.throws(() => records.unprotect(otherSender as unknown as RecordRecipient, EMPTY));
  });

  test.run();
}
