// SPDX-License-Identifier: Apache-2.0

/**
 * The cryptographic functions of LE Secure Connections as ble-host computes them, against the sample data of
 * the Core Specification (Vol 3 Part H Appendix D). ble-host exports none of them: its file is run as it is,
 * and asked for them in one line more.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

interface Toolbox {
  ah(key: Buffer, random: Buffer): Buffer;
  f4(u: Buffer, v: Buffer, x: Buffer, z: number): Buffer;
  f5(w: Buffer, n1: Buffer, n2: Buffer, a1: Buffer, a2: Buffer): [macKey: Buffer, ltk: Buffer];
  f6(w: Buffer, n1: Buffer, n2: Buffer, r: Buffer, io: Buffer, a1: Buffer, a2: Buffer): Buffer;
  g2(u: Buffer, v: Buffer, x: Buffer, y: Buffer): number;
}

const test = suite('node/ble/smp-functions');

const { f4, f5, f6, g2, ah } = toolbox();
const PUBLIC_A = sample('20b003d2f297be2c5e2c83a7e9f9a5b9eff49111acf4fddbcc0301480e359de6');
const PUBLIC_B = sample('55188b3d32f6bb9a900afcfbeed4e72a59cb9ac2f19d7cfb6b4fdd49f47fc5fd');
const NONCE_A = sample('d5cb8454d177733effffb2ec712baeab');
const NONCE_B = sample('a6e8e7cc25a75f6e216583f7ff3dc4cf');
const ADDRESS_A = sample('0056123737bfce');
const ADDRESS_B = sample('00a713702dcfc1');
const MAC_KEY = '2965f176a1084a02fd3f6a20ce636e20';

test('f4 makes the confirm value of D.2', () => {
  assert.is(text(f4(PUBLIC_A, PUBLIC_B, NONCE_A, 0)), 'f2c916f107a9bd1cf1eda1bea974872d');
});

test('f5 makes the MacKey and the LTK of D.3', () => {
  const shared = sample('ec0234a357c8ad05341010a60a397d9b99796b13b4f866f1868d34f373bfa698');
  const keys = f5(shared, NONCE_A, NONCE_B, ADDRESS_A, ADDRESS_B).map(text);
  assert.equal(keys, [MAC_KEY, '6986791169d7cd23980522b594750a38']);
});

test('f6 makes the check value of D.4', () => {
  const r = sample('12a3343bb453bb5408da42d20c2d0fc8');
  const io = sample('010102');
  const check = f6(sample(MAC_KEY), NONCE_A, NONCE_B, r, io, ADDRESS_A, ADDRESS_B);
  assert.is(text(check), 'e3c473989cd0e8c5d26c0b09da958f61');
});

test('g2 makes the number of D.5', () => {
  assert.is(g2(PUBLIC_A, PUBLIC_B, NONCE_A, NONCE_B), 0x2f9ed5ba);
});

test('ah makes the hash of D.7', () => {
  assert.is(text(ah(sample('ec0234a357c8ad05341010a60a397d9b'), sample('708194'))), '0dfbaa');
});

test.run();

function toolbox(): Toolbox {
  const path = createRequire(import.meta.url).resolve('ble-host/lib/internal/smp.js');
  const module = { exports: {} };
  const run = compileFunction(`${readFileSync(path, 'utf8')}\nmodule.exports = Toolbox;`, [
    'module',
    'require',
  ]);
  run(module, createRequire(path));
  return module.exports as Toolbox;
}

/** The specification prints most significant octets first, SMP sends them last. */
function sample(hex: string): Buffer {
  return Buffer.from(hex, 'hex').reverse();
}

function text(bytes: Buffer): string {
  return Buffer.from(bytes).reverse().toString('hex');
}
