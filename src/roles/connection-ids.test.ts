// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { createFill } from '../bytes/random.testing.ts';
import { because } from '../cose/test-fixture.ts';
import { ScatteredIds, ShortIds } from './connection-ids.ts';

const test = suite('connection identifiers');
const NONE = new Uint8Array(0);

test('those of a link take one byte in a message, each once, and end', () => {
  const ids = new ShortIds();
  const taken = Array.from({ length: 48 }, () => ids.take(NONE));
  assert.is(new Set(taken.map(toHex)).size, 48);
  assert.ok(taken.every(({ length, 0: byte }) => length === 1 && (byte! & 0x1f) <= 0x17 && byte! < 0x40));
  assert.throws(() => ids.take(NONE), because('queueFull'));
});

test('the identifier of the other end is not taken', () => {
  assert.equal(new ShortIds().take(Uint8Array.of(0)), Uint8Array.of(1));
  let byte = 0;
  const counting = (target: Uint8Array) => target.fill(byte++);
  assert.equal(new ScatteredIds(counting).take(Uint8Array.of(0, 0)), Uint8Array.of(1, 1));
});

test('one that was released is taken again, once', () => {
  const ids = new ShortIds();
  const taken = Array.from({ length: 10 }, () => ids.take(NONE));
  ids.release(taken[3]!);
  ids.release(taken[3]!);
  assert.equal(ids.take(NONE), taken[3]);
  assert.equal(ids.take(NONE), Uint8Array.of(10));
});

test('those of a server have two bytes, each once, and do not begin anew after a restart', () => {
  const fill = createFill(5);
  const ids = new ScatteredIds(fill);
  const taken = new Set(Array.from({ length: 1000 }, () => toHex(ids.take(NONE))));
  assert.is(taken.size, 1000);
  const restarted = new ScatteredIds(fill);
  const again = Array.from({ length: 60 }, () => toHex(restarted.take(NONE)));
  assert.ok(again.filter((id) => taken.has(id)).length < 10);
});

test('a random source that gives the same for ever ends in a refusal', () => {
  const ids = new ScatteredIds((target) => target.fill(7));
  ids.take(NONE);
  assert.throws(() => ids.take(NONE), because('queueFull'));
});

test('one of a server that was released rests while others are, for somebody may still send under it', () => {
  let next = 0;
  let fixed: number | undefined;
  const ids = new ScatteredIds((target) => {
    const number = fixed ?? next++;
    target.set([number >> 8, number & 0xff]);
  });
  const released = ids.take(NONE);
  ids.release(released);
  ids.release(released);
  fixed = 0;
  assert.throws(() => ids.take(NONE), because('queueFull'));
  fixed = undefined;
  for (let count = 0; count < 1024; count += 1) ids.release(ids.take(NONE));
  fixed = 0;
  assert.equal(ids.take(NONE), released);
});

test.run();
