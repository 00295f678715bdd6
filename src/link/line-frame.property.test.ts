// SPDX-License-Identifier: Apache-2.0

/** Every fault of one byte, at every place of a stream of messages; every place of a zero in a run; many bytes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { ImplementationLimits } from '../limits.ts';
import { bodies, generator, join, message, Receiver } from './line-frame.testing.ts';

const { linkMaxMessageBytes } = ImplementationLimits;
const test = suite('link/line-frame property');

test('runs and zeros around the longest run come back, at every place', () => {
  for (let length = 249; length < 262; length += 1) {
    for (let zero = 0; zero <= length; zero += 1) {
      const body = new Uint8Array(length).fill(5);
      if (zero < length) body[zero] = 0;
      const receiver = new Receiver().take(message(body));
      assert.equal(receiver.messages, [toHex(body)]);
    }
  }
});

/** What arrived is what was sent, less one at most. */
function costsOneAtMost(sent: readonly string[], arrived: readonly string[], fault: string): void {
  let matched = 0;
  for (const body of sent) if (body === arrived[matched]) matched += 1;
  assert.is(matched, arrived.length, `${fault}: something that was not sent`);
  assert.ok(arrived.length >= sent.length - 1, `${fault}: ${sent.length - arrived.length} lost`);
}

for (const [fault, alter] of [
  ['lost', (stream: Uint8Array, at: number) => [join([stream.subarray(0, at), stream.subarray(at + 1)])]],
  ['doubled', (stream: Uint8Array, at: number) => [join([stream.subarray(0, at + 1), stream.subarray(at)])]],
  [
    'altered to anything',
    (stream: Uint8Array, at: number) =>
      Array.from({ length: 255 }, (_, bits) => {
        const altered = stream.slice();
        altered[at]! ^= bits + 1;
        return altered;
      }),
  ],
  [
    'inserted, whatever it is',
    (stream: Uint8Array, at: number) =>
      Array.from({ length: 256 }, (_, byte) =>
        join([stream.subarray(0, at), Uint8Array.of(byte), stream.subarray(at)]),
      ),
  ],
] as const) {
  test(`a byte that is ${fault} costs one message at most, at every place`, () => {
    const sent = bodies().filter(({ length }) => length <= 20);
    const stream = join(sent.map(message));
    for (let at = 0; at < stream.length; at += 1) {
      for (const altered of alter(stream, at)) {
        const { messages } = new Receiver().take(altered);
        costsOneAtMost(sent.map(toHex), messages, `byte ${at}`);
      }
    }
  });
}

test('messages come back whole from parts of any size', () => {
  const sent = [
    ...bodies(),
    new Uint8Array(linkMaxMessageBytes).fill(3),
    new Uint8Array(linkMaxMessageBytes),
  ];
  const stream = join(sent.map(message));
  for (const size of [1, 2, 3, 7, 254, 255, 1000, 100_000]) {
    const receiver = new Receiver();
    for (let at = 0; at < stream.length; at += size) receiver.take(stream.subarray(at, at + size));
    assert.equal(receiver.messages, sent.map(toHex));
    assert.is(receiver.reader.dropped, 0);
  }
});

test('hostile bytes deliver nothing, and the next message comes through', () => {
  const random = generator(3);
  for (const most of [2, 4, 256, 100_000]) {
    const receiver = new Receiver(64);
    for (let count = 0; count < 2000; count += 1) {
      receiver.take(Uint8Array.from({ length: random() % 40 }, () => Math.min(255, random() % most)));
    }
    receiver.take(Uint8Array.of(0));
    const before = receiver.messages.length;
    // One in 65,536 is a frame by chance.
    assert.ok(before <= 4, `${before} made up`);
    receiver.take(message(Uint8Array.of(9)));
    assert.is(receiver.messages.length, before + 1);
  }
});

test.run();
