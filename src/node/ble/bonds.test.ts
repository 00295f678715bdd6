// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openBondFiles } from './bond-files.ts';
import { type Bond, type BondStore, Bonds } from './bonds.ts';
import { memoryStore } from './memory-store.testing.ts';

const test = suite('node/ble/bonds');

function bond(number: number, authenticated = true): Bond {
  return { addressType: 'random', address: `C0:00:00:00:00:0${number}`, authenticated };
}

const KEY = new Uint8Array(16).fill(0xa5);

function addresses(bonds: Bonds): string[] {
  return bonds.all.map(({ address }) => address);
}

test('bonds outlive whoever made them, in their order', () => {
  const texts = new Map<string, string>();
  const bonds = new Bonds(memoryStore(texts), 9);
  for (const number of [3, 1, 2]) bonds.add(bond(number, number !== 1), KEY);
  bonds.add(bond(3), KEY);
  const later = new Bonds(memoryStore(texts), 9);
  assert.equal(
    addresses(later),
    [1, 2, 3].map((number) => bond(number).address),
  );
  assert.is(later.find(bond(1))!.authenticated, false);
});

test('a public and a random device of the same address are two', () => {
  const bonds = new Bonds(memoryStore(), 9);
  bonds.add(bond(1), KEY);
  assert.is(bonds.find({ ...bond(1), addressType: 'public' }), undefined);
});

test('a bond that was removed stays so', () => {
  const texts = new Map<string, string>();
  const bonds = new Bonds(memoryStore(texts), 9);
  bonds.add(bond(1), KEY);
  bonds.remove(bond(1));
  bonds.remove(bond(2));
  assert.is(bonds.find(bond(1)), undefined);
  assert.equal(new Bonds(memoryStore(texts), 9).all, []);
});

test('bonds are full at their capacity', () => {
  const bonds = new Bonds(memoryStore(), 2);
  bonds.add(bond(1), KEY);
  assert.not.ok(bonds.isFull);
  bonds.add(bond(2), KEY);
  assert.ok(bonds.isFull);
  bonds.remove(bond(1));
  assert.not.ok(bonds.isFull);
});

test('whichever write fails, each bond is as before or as wanted, now and after a restart', () => {
  const steps: ((bonds: Bonds) => void)[] = [
    (bonds) => bonds.add(bond(1), KEY),
    (bonds) => bonds.add(bond(2, false), KEY),
    (bonds) => bonds.remove(bond(1)),
    (bonds) => bonds.add(bond(2, true), KEY),
  ];
  for (let failing = 0; failing < steps.length; failing += 1) {
    const texts = new Map<string, string>();
    const bonds = new Bonds(failingAt(memoryStore(texts), failing), 9);
    for (const [at, step] of steps.entries()) {
      const before = bonds.all;
      if (at === failing) {
        assert.throws(() => step(bonds), 'no space left');
        assert.equal(bonds.all, before);
      } else step(bonds);
      assert.equal(new Bonds(memoryStore(texts), 9).all, bonds.all, `write ${failing}, step ${at}`);
    }
  }
});

test('a tentative bond is one that was expected, and ends as a bond or as none', () => {
  const texts = new Map<string, string>();
  const bonds = new Bonds(memoryStore(texts), 9);
  assert.not.ok(bonds.addTentatively(bond(1), KEY));
  bonds.expect(bond(1));
  assert.ok(bonds.addTentatively(bond(1), KEY));
  const later = new Bonds(memoryStore(texts), 9);
  assert.ok(later.isTentative(bond(1)));
  later.abandon(bond(1));
  assert.equal([later.all, texts.size], [[], 0]);
  bonds.add(bond(1), KEY);
  bonds.abandon(bond(1));
  assert.not.ok(bonds.isTentative(bond(1)));
  assert.ok(bonds.find(bond(1)));
  assert.not.ok(bonds.addTentatively(bond(1), KEY));
  bonds.expect(bond(2));
  bonds.remove(bond(2));
  assert.not.ok(bonds.addTentatively(bond(2), KEY));
});

test('what is no bond, or lies under the name of another, is none', () => {
  const good = {
    addressType: 'random',
    address: 'C0:00:00:00:00:01',
    authenticated: true,
    order: 0,
    key: 'a5'.repeat(16),
    isTentative: false,
  };
  const wrong: readonly [string, string][] = [
    ['random-C00000000001', ''],
    ['random-C00000000001', '{'],
    ['random-C00000000001', 'null'],
    ['random-C00000000001', '[]'],
    ['random-C00000000001', JSON.stringify({ ...good, authenticated: 'yes' })],
    ['random-C00000000001', JSON.stringify({ ...good, authenticated: undefined })],
    ['random-C00000000001', JSON.stringify({ ...good, addressType: 'other' })],
    ['random-C00000000001', JSON.stringify({ ...good, order: 0.5 })],
    ['random-C00000000001', JSON.stringify({ ...good, key: undefined })],
    ['random-C00000000001', JSON.stringify({ ...good, key: 'a5'.repeat(15) })],
    ['random-C00000000001', JSON.stringify({ ...good, key: `g5${'a5'.repeat(15)}` })],
    ['random-C0/etc', JSON.stringify({ ...good, address: 'C0:/etc' })],
    ['random-C00000000002', JSON.stringify(good)],
    ['public-C00000000001', JSON.stringify(good)],
  ];
  for (const entry of wrong) {
    const bonds = new Bonds(memoryStore(new Map([entry])), 9);
    assert.equal([bonds.all, bonds.unreadable], [[], [entry[0]]]);
  }
  const right = new Map([['random-C00000000001', JSON.stringify(good)]]);
  const bonds = new Bonds(memoryStore(right), 9);
  assert.equal([bonds.all.length, bonds.unreadable, bonds.keyOf(bond(1))], [1, [], KEY]);
});

test('files: bonds outlive the process, nobody else reads them, and a write that was cut is not seen', () => {
  const root = mkdtempSync(join(tmpdir(), 'bonds-'));
  try {
    const folder = join(root, 'bonds');
    const bonds = new Bonds(openBondFiles(folder), 9);
    bonds.add(bond(1), KEY);
    bonds.add(bond(2), KEY);
    bonds.remove(bond(2));
    writeFileSync(join(folder, 'random-C00000000001.json.new'), '{"authent');
    assert.equal(addresses(new Bonds(openBondFiles(folder), 9)), [bond(1).address]);
    assert.equal(readdirSync(folder), ['random-C00000000001.json']);
    const [file] = readdirSync(folder).filter((name) => name.endsWith('.json'));
    assert.is(statSync(join(folder, file!)).mode & 0o077, 0);
    bonds.add(bond(1, false), KEY);
    assert.is(new Bonds(openBondFiles(folder), 9).find(bond(1))!.authenticated, false);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test.run();

function failingAt(store: BondStore, at: number): BondStore {
  let count = 0;
  const attempt = (act: () => void) => {
    count += 1;
    if (count === at + 1) throw new Error('no space left');
    act();
  };
  return {
    ...store,
    write: (name, text) => attempt(() => store.write(name, text)),
    remove: (name) => attempt(() => store.remove(name)),
  };
}
