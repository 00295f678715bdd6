// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { forgetBondsIfAsked, type Values } from './bonds.ts';

const test = suite('platform/bonds');

class Domain implements Values {
  readonly values = new Map<string, ArrayBuffer>();
  /** Deletions until the power goes. */
  power = Number.POSITIVE_INFINITY;

  constructor(...keys: readonly string[]) {
    for (const key of keys) this.values.set(key, new ArrayBuffer(1));
  }

  read(key: string): ArrayBuffer | undefined {
    return this.values.get(key);
  }

  delete(key: string): void {
    if (this.power === 0) throw new Error('power');
    this.power -= 1;
    this.values.delete(key);
  }
}

const BONDS = [
  'our_sec_1',
  'peer_sec_1',
  'our_sec_3',
  'peer_sec_3',
  'cccd_sec_8',
  'rpa_rec_1',
  'p_dev_rec_2',
];

test('nothing is forgotten that nobody asked for', () => {
  const [own, bonds] = [new Domain('provisioning'), new Domain(...BONDS)];
  forgetBondsIfAsked(own, bonds);
  assert.is(bonds.values.size, BONDS.length);
});

test('SDK 8.2.3 cannot delete a bond: without a name all of NimBLE’s are erased, what is not a bond stays', () => {
  const [own, bonds] = [new Domain('forget-bonds', 'provisioning'), new Domain(...BONDS, 'local_irk_1')];
  forgetBondsIfAsked(own, bonds);
  assert.equal([...bonds.values.keys()], ['local_irk_1']);
  assert.equal([...own.values.keys()], ['provisioning']);
});

test('the bond with one peer is erased, whatever its numbers are, and the others stay', () => {
  const peer = (last: number) => Uint8Array.of(1, 1, 2, 3, 4, 5, last);
  const own = new Domain();
  own.values.set('forget-bonds', peer(0xc0).buffer);
  const bonds = new Domain('rpa_rec_1');
  for (const [key, last] of [
    ['our_sec_1', 0xc1],
    ['peer_sec_1', 0xc0],
    ['our_sec_2', 0xc0],
    ['peer_sec_2', 0xc1],
    ['cccd_sec_1', 0xc0],
    ['cccd_sec_2', 0xc1],
  ] as const)
    bonds.values.set(key, Uint8Array.of(...peer(last), 16, 0, 0).buffer);
  forgetBondsIfAsked(own, bonds);
  assert.equal([...bonds.values.keys()], ['rpa_rec_1', 'our_sec_1', 'peer_sec_2', 'cccd_sec_2']);
  assert.is(own.values.size, 0);
});

test('a power cut at any deletion leaves the wish until all is done', () => {
  for (let power = 0; power < BONDS.length; power += 1) {
    const [own, bonds] = [new Domain('forget-bonds'), new Domain(...BONDS)];
    bonds.power = power;
    assert.throws(() => forgetBondsIfAsked(own, bonds), 'power');
    bonds.power = Number.POSITIVE_INFINITY;
    forgetBondsIfAsked(own, bonds);
    assert.is(bonds.values.size + own.values.size, 0);
  }
});

test.run();
