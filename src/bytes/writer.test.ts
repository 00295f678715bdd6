// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import type { ReasonName, Refusal } from '../refusal.ts';
import { ByteReader } from './reader.ts';
import { ByteWriter } from './writer.ts';

const writer = suite('ByteWriter');

writer('writes what a reader reads', () => {
  const output = new ByteWriter(1);
  output.uint8(0xfe);
  for (let length = 1; length <= 6; length++) output.uint(256 ** length - 2, length);
  output.bytes(Uint8Array.of(7, 8));
  const input = new ByteReader(output.finish());
  assert.is(output.length, 24);
  assert.is(input.uint8(), 0xfe);
  for (let length = 1; length <= 6; length++) assert.is(input.uint(length), 256 ** length - 2);
  assert.equal([...input.take(2)], [7, 8]);
  input.end();
});

writer('grows from no capacity at all', () => {
  const output = new ByteWriter(0);
  for (let i = 0; i < 300; i++) output.uint8(i % 256);
  const bytes = output.finish();
  assert.is(bytes.length, 300);
  assert.ok(bytes.every((byte, i) => byte === i % 256));
});

writer('hands out bytes that later writes do not reach', () => {
  const output = new ByteWriter(4);
  output.uint8(1);
  const first = output.finish();
  output.uint8(2);
  assert.equal([...first], [1]);
  assert.is(first.buffer.byteLength, 1);
});

writer('nor those of a capacity that is used up, which are not copied', () => {
  const output = new ByteWriter(2);
  output.uint(0x0102, 2);
  const first = output.finish();
  assert.is(output.finish(), first);
  output.uint8(3);
  assert.equal([...first], [1, 2]);
  assert.equal([...output.finish()], [1, 2, 3]);
});

writer('refuses a value that does not fit its width', () => {
  for (const value of [256, -1, 1.5, NaN, Infinity]) {
    refuses('badArgument', () => new ByteWriter().uint8(value));
  }
  refuses('badArgument', () => new ByteWriter().uint(2 ** 32, 4));
  refuses('badArgument', () => new ByteWriter().uint(1, 7));
});

writer('refuses more than one message holds, and keeps what it had', () => {
  const output = new ByteWriter();
  output.bytes(new Uint8Array(ImplementationLimits.linkMaxMessageBytes));
  refuses('tooLong', () => output.uint8(0));
  refuses('tooLong', () => output.bytes(new Uint8Array(1)));
  assert.is(output.finish().length, ImplementationLimits.linkMaxMessageBytes);
});

writer.run();

function refuses(reason: ReasonName, call: () => unknown): void {
  assert.throws(call, (error: Refusal) => error.reasonName === reason);
}
