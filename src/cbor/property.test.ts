// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { equalBytes } from '../bytes/compare.ts';
import { toHex } from '../bytes/hex.ts';
import { type Below, createBelow } from '../bytes/random.testing.ts';
import { Refusal } from '../refusal.ts';
import { CborFloat, type CborItem, CborSimple, CborTagged, decodeItem, encodeItem } from './item.ts';
import { CborReader } from './reader.ts';

const property = suite('CBOR properties');

/** An interpreter without a compiler is some 60 times slower: it takes a part of the same cases. */
const CASES = 'WebAssembly' in globalThis ? 20_000 : 2_000;
const MUTATIONS_EACH = 3;

property('what is encoded decodes, and re-encodes to the same bytes', () => {
  const random = createBelow(8949);
  let containers = 0;
  for (let i = 0; i < CASES; i++) {
    const bytes = encodeItem(randomItem(random, 4));
    const item = decodeItem(bytes);
    assert.ok(equalBytes(encodeItem(item), bytes), toHex(bytes));
    assert.ok(equalBytes(new CborReader(bytes).skip(), bytes), toHex(bytes));
    if (item instanceof Map || Array.isArray(item)) containers += 1;
  }
  assert.ok(containers > CASES / 10);
});

property('what is mutated is refused, or re-encodes to the same bytes', () => {
  const random = createBelow(4949);
  let accepted = 0;
  let refused = 0;
  for (let i = 0; i < CASES; i++) {
    const bytes = encodeItem(randomItem(random, 4));
    for (let j = 0; j < MUTATIONS_EACH; j++) {
      if (survives(mutate(random, bytes))) accepted += 1;
      else refused += 1;
    }
  }
  assert.is(accepted + refused, CASES * MUTATIONS_EACH);
  assert.ok(accepted > CASES / 10 && refused > CASES / 10);
});

property('reading an item and reading past it refuse the same bytes', () => {
  const random = createBelow(1949);
  let accepted = 0;
  for (let i = 0; i < CASES; i++) {
    const bytes = mutate(random, encodeItem(randomItem(random, 3)));
    const reason = refusalOf(() => decodeItem(bytes));
    assert.is(
      refusalOf(() => skipAll(bytes)),
      reason,
      toHex(bytes),
    );
    if (reason === undefined) accepted += 1;
  }
  assert.ok(accepted > CASES / 20);
});

property.run();

function survives(bytes: Uint8Array): boolean {
  let item: CborItem;
  try {
    item = decodeItem(bytes);
  } catch (error) {
    assert.instance(error, Refusal, toHex(bytes));
    return false;
  }
  assert.ok(equalBytes(encodeItem(item), bytes), toHex(bytes));
  return true;
}

function refusalOf(call: () => void): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return (error as Refusal).reasonName;
  }
}

function skipAll(bytes: Uint8Array): void {
  const reader = new CborReader(bytes);
  reader.skip();
  reader.end();
}

function randomItem(random: Below, depth: number): CborItem {
  const kind = random(depth > 0 ? 12 : 8);
  if (kind < 3) return randomInteger(random);
  if (kind === 3) return randomBytes(random);
  if (kind === 4) return 'aé€\u{1f510}'.repeat(random(3)) + String(random(100));
  if (kind === 5) return new CborFloat(randomFloat(random));
  if (kind === 6) return [true, false, null, undefined][random(4)]!;
  if (kind === 7) return new CborSimple(random(2) === 0 ? random(20) : 32 + random(224));
  if (kind === 8) return new CborTagged(2 ** random(53), randomItem(random, depth - 1));
  if (kind === 9) return randomMap(random, depth - 1);
  return Array.from({ length: random(5) }, () => randomItem(random, depth - 1));
}

/** Keys are text or integers here: two equal keys are then one key of the map. */
function randomMap(random: Below, depth: number): CborItem {
  const map = new Map<CborItem, CborItem>();
  for (let left = random(5); left > 0; left--) {
    const key = random(2) === 0 ? randomInteger(random) : `k${random(1000)}`;
    map.set(key, randomItem(random, depth));
  }
  return map;
}

/** Near the edges of every head's width, where encoders go wrong. */
function randomInteger(random: Below): CborItem {
  const size = 1n << BigInt(random(65));
  const value = size - 2n + BigInt(random(3));
  const exact = value < 0n || value >= 1n << 64n ? 0n : value;
  const signed = random(2) === 0 ? exact : -1n - exact;
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : signed;
}

function randomBytes(random: Below): Uint8Array {
  return Uint8Array.from({ length: random(random(8) === 0 ? 300 : 30) }, () => random(256));
}

function randomFloat(random: Below): number {
  const scale = 2 ** (random(80) - 40);
  const sign = random(2) === 0 ? 1 : -1;
  return sign * scale * (random(3) === 0 ? random(2 ** 31) / 3 : random(4096));
}

function mutate(random: Below, bytes: Uint8Array): Uint8Array {
  const at = random(bytes.length);
  const kind = random(4);
  if (kind === 0) return bytes.slice(0, at);
  if (kind === 1) return Uint8Array.of(...bytes.slice(0, at), random(256), ...bytes.slice(at));
  const mutated = bytes.slice();
  if (kind === 2) mutated[at] = mutated[at]! ^ (1 << random(8));
  else mutated[at] = random(256);
  return mutated;
}
