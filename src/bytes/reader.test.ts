// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReasonName, Refusal } from '../refusal.ts';
import { ByteReader } from './reader.ts';

const reader = suite('ByteReader');
const four = () => new ByteReader(Uint8Array.of(1, 2, 3, 4));

reader('reads big-endian integers of every width exactly', () => {
  const bytes = new ByteReader(new Uint8Array(21).fill(0xff));
  for (let length = 1; length <= 6; length++) assert.is(bytes.uint(length), 256 ** length - 1);
  bytes.end();
});

reader('peeks without moving', () => {
  const bytes = four();
  assert.is(bytes.peek(), 1);
  assert.is(bytes.position, 0);
  assert.is(bytes.uint8(), 1);
  assert.is(bytes.position, 1);
  assert.is(bytes.remaining, 3);
});

reader('takes views of its input', () => {
  const input = Uint8Array.of(1, 2, 3);
  const view = new ByteReader(input).take(2);
  input[1] = 9;
  assert.equal([...view], [1, 9]);
});

reader('bounds a sub-reader to its own bytes', () => {
  const outer = four();
  const inner = outer.sub(2);
  assert.is(inner.uint(2), 0x0102);
  refuses('truncated', () => inner.uint8());
  assert.is(outer.uint(2), 0x0304);
  outer.end();
});

reader('returns what was read since a position', () => {
  const bytes = four();
  bytes.uint8();
  const start = bytes.position;
  bytes.take(2);
  assert.equal([...bytes.since(start)], [2, 3]);
});

reader('refuses to read past the end', () => {
  for (const past of [5, 2 ** 32, Infinity, -1, NaN]) refuses('truncated', () => four().take(past));
  refuses('truncated', () => four().sub(5));
  refuses('truncated', () => new ByteReader(Uint8Array.of(1)).uint(2));
  refuses('truncated', () => new ByteReader(new Uint8Array(0)).peek());
  refuses('truncated', () => new ByteReader(new Uint8Array(0)).uint8());
});

reader('stands where it was after a refused take', () => {
  const bytes = four();
  refuses('truncated', () => bytes.take(5));
  assert.is(bytes.position, 0);
});

reader('does not see the buffer around a view', () => {
  const view = new Uint8Array(8).subarray(2, 4);
  const bytes = new ByteReader(view);
  bytes.take(2);
  refuses('truncated', () => bytes.uint8());
});

reader('refuses bytes that are left over', () => {
  const bytes = four();
  bytes.take(3);
  refuses('trailingBytes', () => bytes.end());
});

reader('refuses integers too wide to be exact', () => {
  refuses('badArgument', () => new ByteReader(new Uint8Array(8)).uint(7));
});

reader.run();

function refuses(reason: ReasonName, call: () => unknown): void {
  assert.throws(call, (error: Refusal) => error.reasonName === reason);
}
