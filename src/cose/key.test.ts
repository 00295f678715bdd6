// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { Curve } from '../crypto/curves.ts';
import { type CoseKey, readCoseKey, writeCoseKey } from './key.ts';
import { outcome } from './test-fixture.ts';

const X = 'bbc34960526ea4d32e940cad2a234148ddc21791a12afbcbac93622046dd44f0';
const Y = '4519e257236b2a0ce2023f0931f1f386ca7afda64fcde0108c224c51eabf6072';
/** RFC 9529 section 3.3: the COSE_Key of the Responder. */
const P256_KEY = `a501020241322001215820${X}225820${Y}`;
const X25519_KEY = `a301012004215820${X}`;

const test = suite('COSE_Key');

function read(hex: string): CoseKey {
  const reader = new CborReader(fromHex(hex));
  const key = readCoseKey(reader);
  reader.end();
  return key;
}

function write(key: CoseKey): string {
  return toHex(writeCoseKey(new CborWriter(), key).finish());
}

test('reads the key of RFC 9529 and writes the same bytes', () => {
  const key = read(P256_KEY);
  assert.is(key.curve, Curve.P256);
  assert.is(toHex(key.publicKey), X + Y);
  assert.is(toHex(key.kid!), '32');
  assert.is(write(key), P256_KEY);
});

test('reads and writes octet keys, with and without kid and algorithm', () => {
  for (const hex of [X25519_KEY, `a40101024100${X25519_KEY.slice(6)}`, `a4010103272006215820${X}`]) {
    assert.is(write(read(hex)), hex);
  }
});

test('refuses a key that holds the sign of y alone, with and without kid', () => {
  for (const sign of ['f4', 'f5']) {
    for (const start of ['a40102', 'a5010202410f']) {
      assert.is(
        outcome(() => read(`${start}2001215820${X}22${sign}`)),
        'credentialInvalid',
      );
    }
  }
});

test('does not write a key that lacks y', () => {
  assert.is(
    outcome(() => write({ curve: Curve.P256, publicKey: fromHex(X) })),
    'badArgument',
  );
});

test('refuses a private key, and any label that is not ours', () => {
  for (const label of ['23', '04', '05', '1864']) {
    const isNegative = label === '23';
    const tail = isNegative ? `2004215820${X}${label}4101` : `${label}41012004215820${X}`;
    assert.is(
      outcome(() => read(`a40101${tail}`)),
      'headerInvalid',
      label,
    );
  }
});

test("refuses a key type that is not the curve's", () => {
  for (const hex of [`a301022004215820${X}`, `a401012001215820${X}225820${Y}`, `a22004215820${X}`]) {
    assert.is(
      outcome(() => read(hex)),
      'headerInvalid',
      hex,
    );
  }
});

test('refuses coordinates that are missing, too many or of another length', () => {
  for (const hex of [
    'a201012004',
    `a30101200421581f${X.slice(2)}`,
    `a401012004215820${X}225820${Y}`,
    `a301022001215820${X}`,
    `a401022001215820${X}22581f${Y.slice(2)}`,
    `a20101215820${X}`,
  ]) {
    assert.is(
      outcome(() => read(hex)),
      'headerInvalid',
      hex,
    );
  }
});

test('refuses a curve that is not ours', () => {
  assert.is(
    outcome(() => read(`a301012007215820${X}`)),
    'unsupportedAlgorithm',
  );
});

test('refuses labels twice or out of order', () => {
  assert.is(
    outcome(() => read(`a4010101012004215820${X}`)),
    'duplicateKey',
  );
  assert.is(
    outcome(() => read(`a320040101215820${X}`)),
    'notDeterministic',
  );
});

test.run();
