// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { encodeBeat, encodeFrame, FrameAssembler } from './frame.ts';

const { linkMaxMessageBytes } = ImplementationLimits;
const test = suite('link/frame');

function assembled(chunks: readonly Uint8Array[]): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const assembler = new FrameAssembler((message) => messages.push(message));
  for (const chunk of chunks) assembler.push(chunk);
  return messages;
}

const MESSAGES = [Uint8Array.of(1), new Uint8Array(300).fill(2), new Uint8Array(linkMaxMessageBytes).fill(3)];

function stream(): Uint8Array {
  const frames = MESSAGES.map(encodeFrame);
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let offset = 0;
  for (const frame of frames) {
    bytes.set(frame, offset);
    offset += frame.length;
  }
  return bytes;
}

for (const size of [1, 2, 3, 7, 301, 1000, 100000]) {
  test(`messages come back whole from chunks of ${size}`, () => {
    const bytes = stream();
    const chunks = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    assert.equal(assembled(chunks), MESSAGES);
  });
}

test('half a frame delivers nothing', () => {
  const frame = encodeFrame(Uint8Array.of(1, 2, 3));
  for (let length = 0; length < frame.length; length += 1) {
    assert.equal(assembled([frame.subarray(0, length)]), []);
  }
});

for (const [name, bytes, reason] of [
  ['an empty frame', [0, 0], 'frameInvalid'],
  ['a frame over the limit', [(linkMaxMessageBytes + 1) >> 8, (linkMaxMessageBytes + 1) & 0xff], 'tooLong'],
  ['the longest length', [0xff, 0xff], 'tooLong'],
] as const) {
  test(`${name} is refused before memory is taken`, () => {
    assert.throws(
      () => assembled([Uint8Array.from(bytes)]),
      (error: unknown) => error instanceof Refusal && error.reasonName === reason,
    );
  });
}

test('a beat between messages is told apart, in chunks of any size', () => {
  const bytes = [MESSAGES[0]!, MESSAGES[1]!].flatMap((message) => [...encodeBeat(), ...encodeFrame(message)]);
  for (const size of [1, 2, 3, 5, bytes.length]) {
    const heard: string[] = [];
    const assembler = new FrameAssembler(
      ({ length }) => heard.push(`${length} bytes`),
      linkMaxMessageBytes,
      () => heard.push('beat'),
    );
    for (let at = 0; at < bytes.length; at += size)
      assembler.push(Uint8Array.from(bytes.slice(at, at + size)));
    assert.equal(heard, ['beat', '1 bytes', 'beat', '300 bytes']);
  }
});

test('an empty message and one over the limit are not framed', () => {
  for (const length of [0, linkMaxMessageBytes + 1]) {
    assert.throws(
      () => encodeFrame(new Uint8Array(length)),
      (error: unknown) => error instanceof Refusal,
    );
  }
});

test('an owner with less memory takes shorter frames', () => {
  const assembler = new FrameAssembler(() => {}, 2560);
  assembler.push(Uint8Array.of(2560 >> 8, 2560 & 0xff));
  assert.throws(
    () => new FrameAssembler(() => {}, 2560).push(Uint8Array.of(2561 >> 8, 2561 & 0xff)),
    (error: Refusal) => error.reasonName === 'tooLong',
  );
});

test.run();
