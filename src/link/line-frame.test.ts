// SPDX-License-Identifier: Apache-2.0

/** Frames of a serial line: one encoding for each body, and a byte that goes wrong costs one of them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { ImplementationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { bodies, join, message, Receiver } from './line-frame.testing.ts';
import { encodeLineFrame, LineFrameKind } from './line-frame.ts';

const { linkMaxMessageBytes } = ImplementationLimits;
const test = suite('link/line-frame');

test('the check is that of HDLC, complemented for a message', () => {
  const body = fromHex('313233343536373839');
  assert.is(toHex(message(body)), '000c3132333435363738396e9000');
  assert.is(toHex(encodeLineFrame(LineFrameKind.call, body)), '000c313233343536373839916f00');
});

test('a message of up to 251 bytes costs five bytes', () => {
  for (const length of [1, 60, 251, 252]) {
    assert.is(message(new Uint8Array(length).fill(9)).length, length + 5);
  }
});

test('a stream that is heard from the middle costs the message that it begins in', () => {
  const sent = bodies();
  const frames = sent.map(message);
  for (let index = 0; index < frames.length; index += 1) {
    const frame = frames[index]!;
    for (let at = 2; at < frame.length; at += 1) {
      const { messages } = new Receiver().take(frame.subarray(at), ...frames.slice(index + 1));
      assert.equal(messages, sent.slice(index + 1).map(toHex));
    }
  }
});

test('there is one encoding for each body: a longest run at the end is followed by nothing', () => {
  for (const length of [252, 506, 760]) {
    const frame = message(new Uint8Array(length).fill(9));
    assert.is(frame[frame.length - 256], 255);
    assert.is(new Receiver().take(frame).messages.length, 1);
    const receiver = new Receiver().take(frame.subarray(0, frame.length - 1), Uint8Array.of(1, 0));
    assert.equal(receiver.messages, []);
    assert.is(receiver.reader.dropped, 1);
  }
});

test('a message is no call, and a call no message', () => {
  const body = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const receiver = new Receiver().take(encodeLineFrame(LineFrameKind.call, body));
  assert.equal(receiver.messages, []);
  assert.equal(receiver.calls, [toHex(body)]);
});

test('a body over the limit is dropped, and the next one comes through', () => {
  const next = Uint8Array.of(7);
  for (const length of [101, 102, 200, 5000]) {
    for (const size of [1, 16, 10_000]) {
      const stream = join([message(new Uint8Array(length).fill(1)), message(next)]);
      const receiver = new Receiver(100);
      for (let at = 0; at < stream.length; at += size) receiver.take(stream.subarray(at, at + size));
      assert.equal(receiver.messages, [toHex(next)]);
      assert.is(receiver.reader.dropped, 1);
    }
  }
});

test('a body within the limit comes through, whatever it costs to encode', () => {
  for (const byte of [0, 1]) {
    const body = new Uint8Array(100).fill(byte);
    assert.equal(new Receiver(100).take(message(body)).messages, [toHex(body)]);
  }
});

test('zeros without end are no frames', () => {
  const receiver = new Receiver().take(new Uint8Array(10_000));
  assert.is(receiver.reader.dropped, 0);
  assert.equal(receiver.messages, []);
});

for (const [name, body, reason] of [
  ['an empty body', new Uint8Array(0), 'frameInvalid'],
  ['a body over the link limit', new Uint8Array(linkMaxMessageBytes + 1), 'tooLong'],
] as const) {
  test(`${name} is refused`, () => {
    assert.throws(
      () => message(body),
      (error: unknown) => error instanceof Refusal && error.reasonName === reason,
    );
  });
}

test.run();
