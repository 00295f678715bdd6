// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { ConnectionIds } from './connection-ids.ts';

const test = suite('connection identifiers');
const NONE = new Uint8Array(0);

test('the first 48 take one byte in a message, the next 208 two, the others three', () => {
  const ids = new ConnectionIds();
  const taken = Array.from({ length: 300 }, () => ids.take(NONE));
  assert.is(new Set(taken.map(toHex)).size, 300);
  assert.ok(taken.slice(0, 48).every(([byte]) => (byte! & 0x1f) <= 0x17 && byte! < 0x40));
  assert.ok(taken.every(({ length }, at) => length === (at < 256 ? 1 : 2)));
});

test('the identifier of the other end is not taken', () => {
  assert.equal(new ConnectionIds().take(Uint8Array.of(0)), Uint8Array.of(1));
  const full = new ConnectionIds();
  for (let taken = 0; taken < 256; taken += 1) full.take(NONE);
  assert.equal(full.take(Uint8Array.of(0, 0)), Uint8Array.of(0, 1));
});

test('one that was released is taken again, once', () => {
  const ids = new ConnectionIds();
  const taken = Array.from({ length: 260 }, () => ids.take(NONE));
  for (const id of [taken[3]!, taken[258]!]) {
    ids.release(id);
    ids.release(id);
    assert.equal(ids.take(NONE), id);
  }
  assert.equal(ids.take(NONE), Uint8Array.of(0, 4));
});

test.run();
