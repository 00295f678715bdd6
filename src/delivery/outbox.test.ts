// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Outbox } from './outbox.ts';
import { createTimers } from './timers.testing.ts';

const test = suite('outbox');
const PAYLOAD = Uint8Array.of(1, 2, 3);

interface Reservation {
  readonly number: number;
  readonly then: (reserved: boolean) => void;
}

function numbersOf(first: number, payloads: readonly Uint8Array[]): number[] {
  return payloads.map((_, index) => first + index);
}

function create(span: number, next?: number) {
  const timers = createTimers();
  const pace = { after: timers.after, random: () => 0, heard: 0 };
  const sent: number[] = [];
  const outbox = new Outbox(
    {
      pace,
      span,
      reserve: (_handle, _number, then) => then(true),
      transmit: (first, payloads) => sent.push(...numbersOf(first, payloads)),
    },
    next,
  );
  return { timers, sent, outbox };
}

/** One whose numbers are reserved when the test says so. */
function createReserving() {
  const timers = createTimers();
  const pace = { after: timers.after, random: () => 0, heard: 0 };
  const reservations: Reservation[] = [];
  const sent: number[] = [];
  const outbox = new Outbox({
    pace,
    span: 1,
    reserve: (_handle, number, then) => reservations.push({ number, then }),
    transmit: (first, payloads) => sent.push(...numbersOf(first, payloads)),
  });
  return { timers, reservations, sent, outbox };
}

test('nothing is sent before it is open, everything within the span then, in order', () => {
  const { sent, outbox } = create(3);
  for (const handle of [10, 11, 12, 13]) outbox.add(handle, PAYLOAD);
  assert.equal(sent, []);
  outbox.open();
  assert.equal(sent, [0, 1, 2]);
  assert.is(outbox.size, 4);
  assert.is(outbox.bytes, 12);
});

test('the oldest under way holds the span, whatever is settled behind it', () => {
  const { sent, outbox } = create(3);
  outbox.open();
  for (const handle of [10, 11, 12, 13, 14]) outbox.add(handle, PAYLOAD);
  outbox.settle(11);
  outbox.settle(12);
  assert.equal(sent, [0, 1, 2]);
  outbox.settle(10);
  assert.equal(sent, [0, 1, 2, 3, 4]);
});

test('a number finds its handle as long as it is under way', () => {
  const { outbox } = create(3);
  outbox.open();
  outbox.add(10, PAYLOAD);
  assert.is(outbox.find(0), 10);
  assert.is(outbox.find(1), undefined);
  outbox.settle(10);
  outbox.settle(10);
  assert.is(outbox.find(0), undefined);
  assert.is(outbox.bytes, 0);
});

test('opened again, what is under way is sent again under its numbers, each with one timer', () => {
  const { timers, sent, outbox } = create(2);
  outbox.open();
  for (const handle of [10, 11, 12]) outbox.add(handle, PAYLOAD);
  outbox.close();
  assert.equal(timers.running, []);
  outbox.open();
  assert.equal(sent, [0, 1, 0, 1]);
  assert.is(timers.running.length, 2);
});

test('a new stream forgets what was sent, and numbers the rest from 0', () => {
  const { timers, sent, outbox } = create(2, 7);
  outbox.open();
  for (const handle of [10, 11, 12]) outbox.add(handle, PAYLOAD);
  outbox.close();
  assert.equal(outbox.restart(), [10, 11]);
  assert.equal(timers.running, []);
  outbox.open();
  assert.equal(sent, [7, 8, 0]);
  assert.is(outbox.size, 1);
});

test('what was under way before a restart goes first, under its number', () => {
  const { sent, outbox } = create(1, 6);
  outbox.add(10, PAYLOAD, 5);
  outbox.add(11, PAYLOAD);
  outbox.open();
  assert.equal(sent, [5]);
  outbox.settle(10);
  assert.equal(sent, [5, 6]);
});

test('a stalled message is sent as soon as the peer is heard, others wait for their time', () => {
  const { timers, sent, outbox } = create(4);
  outbox.open();
  outbox.add(10, PAYLOAD);
  for (let round = 0; round < 4; round += 1) timers.fire();
  outbox.add(11, PAYLOAD);
  sent.length = 0;
  outbox.hurry();
  outbox.hurry();
  assert.equal(sent, [0]);
});

test('a number is used once it is reserved, and never given again where that failed', () => {
  const { reservations, sent, outbox } = createReserving();
  outbox.open();
  outbox.add(10, PAYLOAD);
  outbox.open();
  assert.equal(sent, []);
  assert.is(outbox.find(0), undefined);
  reservations[0]!.then(false);
  outbox.hurry();
  assert.equal(
    reservations.map(({ number }) => number),
    [0, 1],
  );
  reservations[1]!.then(true);
  assert.equal(sent, [1]);
  assert.is(outbox.find(1), 10);
});

test('a reservation that fails at once is tried again when the peer is heard, and not before', () => {
  const timers = createTimers();
  let tries = 0;
  const outbox = new Outbox({
    pace: { after: timers.after, random: () => 0, heard: 0 },
    span: 1,
    reserve(_handle, _number, then): void {
      tries += 1;
      then(false);
    },
    transmit(): void {},
  });
  outbox.open();
  outbox.add(10, PAYLOAD);
  assert.is(tries, 1);
  outbox.hurry();
  assert.is(tries, 2);
});

test('a reservation that comes back after its message was forgotten sends nothing', () => {
  const { timers, reservations, sent, outbox } = createReserving();
  outbox.open();
  outbox.add(10, PAYLOAD);
  outbox.settle(10);
  reservations[0]!.then(true);
  assert.equal(sent, []);
  assert.equal(timers.running, []);
});

test('a reservation for a stream that has ended is none in the next', () => {
  const { reservations, sent, outbox } = createReserving();
  outbox.open();
  outbox.add(10, PAYLOAD);
  outbox.close();
  assert.equal(outbox.restart(), []);
  outbox.open();
  reservations[0]!.then(true);
  assert.equal(sent, []);
  reservations[1]!.then(true);
  assert.equal(sent, [0]);
});

test('silence closes it before it is told', () => {
  const timers = createTimers();
  let silences = 0;
  const outbox = new Outbox({
    pace: { after: timers.after, random: () => 0, heard: 0 },
    span: 4,
    reserve: (_handle, _number, then) => then(true),
    transmit(): void {},
    onSilence: () => {
      silences += 1;
    },
  });
  outbox.open();
  for (const handle of [10, 11, 12]) outbox.add(handle, PAYLOAD);
  for (let round = 0; round < 6; round += 1) timers.fire();
  assert.is(silences, 1);
  assert.equal(timers.running, []);
});

/** One that sends up to three together, or six bytes. */
function createTogether() {
  const timers = createTimers();
  const pace = { after: timers.after, random: () => 0, heard: 0 };
  const sent: number[][] = [];
  const outbox = new Outbox({
    pace,
    span: 5,
    together: () => ({ messages: 3, bytes: 6 }),
    reserve: (_handle, _number, then) => then(true),
    transmit: (first, payloads) => sent.push(numbersOf(first, payloads)),
  });
  return { timers, sent, outbox };
}

test('what waits goes together, within limit and span; what comes then goes alone', () => {
  const { timers, sent, outbox } = createTogether();
  for (const handle of [10, 11, 12, 13, 14, 15]) outbox.add(handle, Uint8Array.of(1));
  outbox.open();
  assert.equal(sent, [
    [0, 1, 2],
    [3, 4],
  ]);
  assert.is(timers.running.length, 2);
  for (const handle of [10, 11]) outbox.settle(handle);
  assert.is(sent.length, 2);
  outbox.settle(12);
  assert.equal(sent[2], [5]);
  outbox.add(16, PAYLOAD);
  assert.equal(sent[3], [6]);
});

test('several are no longer together than a message may be, a long one goes alone', () => {
  const { sent, outbox } = createTogether();
  for (const length of [4, 2, 1, 9, 1]) outbox.add(length, new Uint8Array(length));
  outbox.open();
  assert.equal(sent, [[0, 1], [2], [3], [4]]);
});

test('of what was sent together only that without a receipt is sent again', () => {
  const { timers, sent, outbox } = createTogether();
  for (const handle of [10, 11, 12]) outbox.add(handle, Uint8Array.of(1));
  outbox.open();
  outbox.settle(11);
  assert.is(outbox.find(1), undefined);
  assert.is(outbox.find(2), 12);
  timers.fire();
  assert.equal(sent, [[0, 1, 2], [0], [2]]);
  assert.is(timers.running.length, 1);
  for (const handle of [10, 12]) outbox.settle(handle);
  assert.equal(timers.running, []);
  assert.is(outbox.size, 0);
  assert.is(outbox.bytes, 0);
});

test('of what was sent together a new stream names what has no receipt', () => {
  const { outbox } = createTogether();
  for (const handle of [10, 11, 12]) outbox.add(handle, Uint8Array.of(1));
  outbox.open();
  outbox.settle(11);
  outbox.close();
  assert.equal(outbox.restart(), [10, 12]);
  assert.is(outbox.size, 0);
});

test('messages that gather wait for each other, and no longer than the peer is heard', () => {
  const { sent, outbox } = createTogether();
  outbox.open();
  outbox.gathered = 3;
  for (const handle of [10, 11]) outbox.add(handle, Uint8Array.of(1));
  assert.equal(sent, []);
  outbox.add(12, Uint8Array.of(1));
  assert.equal(sent, [[0, 1, 2]]);
  outbox.add(13, Uint8Array.of(1));
  outbox.hurry();
  assert.equal(sent, [[0, 1, 2], [3]]);
});

test.run();
