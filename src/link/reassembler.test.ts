// SPDX-License-Identifier: Apache-2.0

/** Both directions of fragmentation: every MTU, and every way in which fragments may arrive. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createBelow } from '../bytes/random.testing.ts';
import { ImplementationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { FRAGMENT_NUMBERS, valueBytes } from './fragment.ts';
import { Fragmenter } from './fragmenter.ts';
import { EACH, fragments, messageOf, Receiver, THREE, VALUES } from './reassembler.testing.ts';

const test = suite('link/reassembler');

const { linkMaxMessageBytes, fragmentMaxQueuedBytes, fragmentTimeoutMs } = ImplementationLimits;

test('messages come back whole at every MTU', () => {
  const random = createBelow(7);
  for (let mtu = 23; mtu <= 517; mtu += 1) {
    const most = valueBytes(mtu);
    const lengths = [1, most - 2, most - 1, most, 2 * most, 1 + random(4 * most), 1 + random(2000)];
    const messages = lengths.map((length) => messageOf(length, random(256)));
    const values = fragments(messages, most);
    assert.ok(values.every(({ length }) => length <= most));
    const receiver = new Receiver();
    assert.equal(receiver.take(values), []);
    assert.equal(receiver.messages, messages);
    assert.is(receiver.running.length, 0);
  }
});

test('messages of the largest size come back whole at every MTU', () => {
  const message = messageOf(linkMaxMessageBytes);
  for (let mtu = 23; mtu <= 517; mtu += 1) {
    const values = fragments([message], valueBytes(mtu));
    const receiver = new Receiver();
    receiver.take(values);
    assert.is(receiver.messages.length, 1);
    assert.is(receiver.messages[0]!.length, linkMaxMessageBytes);
    assert.ok(receiver.messages[0]!.every((byte, index) => byte === message[index]));
  }
});

test('the MTU may change in the middle of a message', () => {
  const fragmenter = new Fragmenter();
  const message = messageOf(600);
  fragmenter.push(message);
  const receiver = new Receiver();
  receiver.take([fragmenter.next(20)!, fragmenter.next(20)!, fragmenter.next(512)!, fragmenter.next(512)!]);
  assert.equal(receiver.messages, [message]);
});

test('a thousand messages pass, across the wrap of the numbers', () => {
  const random = createBelow(3);
  const receiver = new Receiver();
  const fragmenter = new Fragmenter();
  for (let count = 0; count < 1000; count += 1) {
    const message = messageOf(1 + random(700), count);
    fragmenter.push(message);
    for (let value = fragmenter.next(20); value !== undefined; value = fragmenter.next(20)) {
      receiver.take([value]);
    }
    assert.equal(receiver.messages.pop(), message);
  }
  assert.is(receiver.reassembler.dropped, 0);
});

test('half a message waits no longer than twice the timeout, with one timer', () => {
  const receiver = new Receiver();
  receiver.take(VALUES.slice(0, 2));
  assert.equal(
    receiver.running.map(({ milliseconds }) => milliseconds),
    [fragmentTimeoutMs],
  );
  receiver.fire();
  assert.is(receiver.reassembler.dropped, 0);
  receiver.fire();
  assert.is(receiver.reassembler.dropped, 1);
  assert.is(receiver.running.length, 0);
  assert.equal(receiver.take(VALUES.slice(2, EACH)), Array(EACH - 2).fill('fragmentOutOfOrder'));
  assert.equal(receiver.messages, []);
});

test('a message that is slow but steady comes through', () => {
  const receiver = new Receiver();
  for (const value of VALUES.slice(0, EACH)) {
    receiver.take([value]);
    if (receiver.running.length > 0) receiver.fire();
  }
  assert.equal(receiver.messages, [THREE[0]]);
});

test('a flood of half messages holds one of them and one timer', () => {
  const receiver = new Receiver();
  for (let number = 0; number < 3000; number += 1) {
    receiver.take([Uint8Array.of(0x80 | (number >> 8), number & 0xff, 0x1f, 0xff, 1)]);
  }
  assert.is(receiver.running.length, 1);
  assert.is(receiver.reassembler.dropped, 2999);
  assert.is(receiver.messages.length, 0);
});

test('an old number does not move the receiver backwards', () => {
  const receiver = new Receiver();
  receiver.take(VALUES.slice(0, EACH));
  assert.equal(receiver.take([VALUES[0]!]), ['fragmentOutOfOrder']);
  assert.equal(receiver.take(VALUES.slice(1, EACH)), Array(EACH - 1).fill('fragmentOutOfOrder'));
  assert.equal(receiver.take(VALUES.slice(EACH, 2 * EACH)), []);
  assert.equal(receiver.messages, THREE.slice(0, 2));
});

test('the number ahead by half of all is old, one less is a loss', () => {
  const single = (number: number) => Uint8Array.of(0xc0 | (number >> 8), number & 0xff, 1);
  assert.equal(new Receiver().take([single(FRAGMENT_NUMBERS / 2)]), ['fragmentOutOfOrder']);
  assert.equal(new Receiver().take([single(FRAGMENT_NUMBERS / 2 - 1)]), []);
});

test('closing forgets half a message and stops the timer', () => {
  const receiver = new Receiver();
  receiver.take(VALUES.slice(0, 2));
  receiver.reassembler.close();
  receiver.reassembler.close();
  assert.is(receiver.running.length, 0);
});

test('the sender holds two messages of the largest size and no more', () => {
  const fragmenter = new Fragmenter();
  const large = messageOf(linkMaxMessageBytes);
  for (let bytes = 0; bytes < fragmentMaxQueuedBytes; bytes += large.length) fragmenter.push(large);
  for (const [message, reason] of [
    [messageOf(1), 'queueFull'],
    [messageOf(linkMaxMessageBytes + 1), 'tooLong'],
    [new Uint8Array(0), 'frameInvalid'],
  ] as const) {
    assert.throws(
      () => fragmenter.push(message),
      (error: unknown) => error instanceof Refusal && error.reasonName === reason,
    );
  }
  while (fragmenter.isPending) fragmenter.next(20);
  fragmenter.push(large);
});

test('a message that needs no queue is cut and joined as one that was queued', () => {
  const MAX = 23;
  const receiver = new Receiver();
  const [direct, queued] = [new Fragmenter(), new Fragmenter()];
  const sent: Uint8Array[] = [];
  for (let length = 1; length <= 2 * MAX; length++) {
    const message = messageOf(length, length);
    const only = direct.only(message, MAX);
    assert.is(only !== undefined, length <= MAX - 2);
    if (only === undefined) direct.push(message);
    queued.push(message);
    const values = only === undefined ? [] : [only];
    while (direct.isPending) values.push(direct.next(MAX)!);
    for (const value of values) assert.equal(value, queued.next(MAX));
    assert.not(queued.isPending);
    assert.equal(receiver.take(values), []);
    sent.push(message);
  }
  assert.equal(receiver.messages, sent);
});

test('a message is not sent past those that wait, nor one without bytes', () => {
  const fragmenter = new Fragmenter();
  assert.is(fragmenter.only(new Uint8Array(0), 20), undefined);
  fragmenter.push(messageOf(30));
  assert.is(fragmenter.only(messageOf(1), 20), undefined);
});

test.run();
