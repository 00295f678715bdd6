// SPDX-License-Identifier: Apache-2.0

/** Fragments that are lost, repeated, interleaved, reordered or changed: no message that was not sent. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createBelow } from '../bytes/random.testing.ts';
import { EACH, fragments, messageOf, Receiver, THREE, VALUES } from './reassembler.testing.ts';

const test = suite('link/fragments lost');

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

test.run();
