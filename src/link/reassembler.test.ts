// SPDX-License-Identifier: Apache-2.0

/** Both directions of fragmentation: every MTU, and every way in which fragments may arrive. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createBelow } from '../bytes/random.testing.ts';
import { ImplementationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { FRAGMENT_NUMBERS, valueBytes } from './fragment.ts';
import { Fragmenter } from './fragmenter.ts';
import { Reassembler } from './reassembler.ts';
import type { After } from './timer.ts';

const { linkMaxMessageBytes, fragmentMaxQueuedBytes, fragmentTimeoutMs } = ImplementationLimits;
const test = suite('link/reassembler');

function messageOf(length: number, first = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (first + index) & 0xff);
}

class Receiver {
  readonly messages: Uint8Array[] = [];
  readonly timers: { milliseconds: number; fire: () => void; cancelled: boolean }[] = [];
  private readonly after: After = (milliseconds, callback) => {
    const timer = { milliseconds, fire: callback, cancelled: false };
    this.timers.push(timer);
    return {
      cancel(): void {
        timer.cancelled = true;
      },
    };
  };
  readonly reassembler = new Reassembler(this.after, (message) => this.messages.push(message));

  /** Returns the reasons of what was refused. */
  take(values: readonly Uint8Array[]): string[] {
    const reasons: string[] = [];
    for (const value of values) {
      try {
        this.reassembler.push(value);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        reasons.push(error.reasonName);
      }
    }
    return reasons;
  }

  get running() {
    return this.timers.filter(({ cancelled }) => !cancelled);
  }

  /** Lets the one running timer fire. */
  fire(): void {
    assert.is(this.running.length, 1);
    const [timer] = this.running;
    timer!.cancelled = true;
    timer!.fire();
  }
}

function fragments(messages: readonly Uint8Array[], maxBytes: number): Uint8Array[] {
  const fragmenter = new Fragmenter();
  const values: Uint8Array[] = [];
  for (const message of messages) {
    fragmenter.push(message);
    for (let value = fragmenter.next(maxBytes); value !== undefined; value = fragmenter.next(maxBytes)) {
      values.push(value);
    }
  }
  return values;
}

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

const THREE = [messageOf(90, 10), messageOf(90, 20), messageOf(90, 30)];
const VALUES = fragments(THREE, 20);
const EACH = VALUES.length / 3;

test('a lost fragment costs its message and no other', () => {
  for (let lost = 0; lost < VALUES.length; lost += 1) {
    const receiver = new Receiver();
    receiver.take(VALUES.filter((_, index) => index !== lost));
    const dropped = Math.floor(lost / EACH);
    assert.equal(
      receiver.messages,
      THREE.filter((_, index) => index !== dropped),
    );
  }
});

test('any run of lost fragments joins nothing', () => {
  for (let from = 0; from < VALUES.length; from += 1) {
    for (let to = from + 1; to <= VALUES.length; to += 1) {
      const receiver = new Receiver();
      receiver.take(VALUES.filter((_, index) => index < from || index >= to));
      const whole = THREE.filter((_, index) => (index + 1) * EACH <= from || index * EACH >= to);
      assert.equal(receiver.messages, whole);
    }
  }
});

test('a repeated fragment costs its message, and doubles none', () => {
  for (let repeated = 0; repeated < VALUES.length; repeated += 1) {
    const receiver = new Receiver();
    const values = VALUES.flatMap((value, index) => (index === repeated ? [value, value] : [value]));
    const reasons = receiver.take(values);
    assert.ok(reasons.length > 0 && reasons.every((reason) => reason === 'fragmentOutOfOrder'));
    const isLast = repeated % EACH === EACH - 1;
    const dropped = isLast ? -1 : Math.floor(repeated / EACH);
    assert.equal(
      receiver.messages,
      THREE.filter((_, index) => index !== dropped),
    );
  }
});

test('a message in one fragment that is repeated comes once', () => {
  const [value] = fragments([messageOf(5)], 20);
  const receiver = new Receiver();
  assert.equal(receiver.take([value!, value!, value!]), ['fragmentOutOfOrder', 'fragmentOutOfOrder']);
  assert.is(receiver.messages.length, 1);
});

test('messages whose fragments are interleaved are dropped', () => {
  const [first, second] = [VALUES.slice(0, EACH), VALUES.slice(EACH, 2 * EACH)];
  const receiver = new Receiver();
  receiver.take(first.flatMap((value, index) => [value, second[index]!]));
  assert.equal(receiver.messages, []);
});

test('no order of arrival makes a message that was not sent', () => {
  const random = createBelow(11);
  const sent = new Set(THREE.map((message) => message.join()));
  for (let round = 0; round < 500; round += 1) {
    const receiver = new Receiver();
    receiver.take(Array.from({ length: 40 }, () => VALUES[random(VALUES.length)]!));
    assert.ok(receiver.messages.every((message) => sent.has(message.join())));
    const arrived = receiver.messages.map((message) => message.join());
    assert.is(new Set(arrived).size, arrived.length);
  }
});

test('bits flipped in a header join nothing of two messages', () => {
  for (let index = 0; index < 2 * EACH; index += 1) {
    for (let bit = 0; bit < 16; bit += 1) {
      const values = VALUES.slice(0, 2 * EACH).map((value) => value.slice());
      values[index]![bit >> 3]! ^= 0x80 >> (bit & 7);
      const receiver = new Receiver();
      receiver.take(values);
      for (const { length } of receiver.messages) assert.ok(length <= 90);
      const mixed = receiver.messages.filter((message) => message.includes(10) && message.includes(109));
      assert.equal(mixed, []);
    }
  }
});

test('a fragment past the end, or the end before it, is refused', () => {
  const before = VALUES.slice(0, EACH - 1);
  const last = VALUES[EACH - 1]!;
  const marked = (value: Uint8Array, bit: number) => Uint8Array.of(value[0]! ^ bit, ...value.subarray(1));
  assert.equal(new Receiver().take([before[0]!, marked(before[1]!, 0x40)]), ['frameInvalid']);
  assert.equal(new Receiver().take([...before, marked(last, 0x40)]), ['frameInvalid']);
  assert.equal(new Receiver().take([...before, Uint8Array.of(...last, 0)]), ['frameInvalid']);
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
