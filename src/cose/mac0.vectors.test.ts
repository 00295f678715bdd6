// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import hmacEnc1 from '../../tools/vectors/cose/hmac-examples/HMac-enc-01.json';
import hmacEnc2 from '../../tools/vectors/cose/hmac-examples/HMac-enc-02.json';
import hmacEnc3 from '../../tools/vectors/cose/hmac-examples/HMac-enc-03.json';
import hmacEnc4 from '../../tools/vectors/cose/hmac-examples/HMac-enc-04.json';
import hmacEnc5 from '../../tools/vectors/cose/hmac-examples/HMac-enc-05.json';
import hmac1 from '../../tools/vectors/cose/mac0-tests/HMac-01.json';
import macFail1 from '../../tools/vectors/cose/mac0-tests/mac-fail-01.json';
import macFail2 from '../../tools/vectors/cose/mac0-tests/mac-fail-02.json';
import macFail3 from '../../tools/vectors/cose/mac0-tests/mac-fail-03.json';
import macFail4 from '../../tools/vectors/cose/mac0-tests/mac-fail-04.json';
import macFail6 from '../../tools/vectors/cose/mac0-tests/mac-fail-06.json';
import macFail7 from '../../tools/vectors/cose/mac0-tests/mac-fail-07.json';
import macPass1 from '../../tools/vectors/cose/mac0-tests/mac-pass-01.json';
import macPass2 from '../../tools/vectors/cose/mac0-tests/mac-pass-02.json';
import macPass3 from '../../tools/vectors/cose/mac0-tests/mac-pass-03.json';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { ReasonName } from '../refusal.ts';
import { createMac0, decodeMac0, encodeMac0, type Mac0, type Mac0Context, verifyMac0 } from './mac0.ts';
import { macStructure } from './structure.ts';
import { outcome, provider } from './test-fixture.ts';

interface Vector {
  readonly fail?: boolean;
  readonly input: {
    readonly plaintext: string;
    readonly mac0: { readonly alg: string; readonly external?: string };
  };
  readonly intermediates: { readonly ToMac_hex: string; readonly CEK_hex: string };
  readonly output: { readonly cbor: string };
}

interface Case {
  readonly name: string;
  readonly vector: Vector;
  readonly expected: ReasonName | 'accepted';
}

const NAMES: Readonly<Record<string, number>> = Object.freeze({
  'HS256/64': Algorithm.HMAC_256_64,
  HS256: Algorithm.HMAC_256_256,
});

const CASES: readonly Case[] = [
  { name: 'HMac-enc-01', vector: hmacEnc1, expected: 'accepted' },
  { name: 'HMac-enc-02', vector: hmacEnc2, expected: 'unsupportedAlgorithm' },
  { name: 'HMac-enc-03', vector: hmacEnc3, expected: 'unsupportedAlgorithm' },
  { name: 'HMac-enc-04', vector: hmacEnc4, expected: 'integrityFailure' },
  { name: 'HMac-enc-05', vector: hmacEnc5, expected: 'accepted' },
  { name: 'HMac-01', vector: hmac1, expected: 'accepted' },
  { name: 'mac-fail-01', vector: macFail1, expected: 'wrongType' },
  { name: 'mac-fail-02', vector: macFail2, expected: 'integrityFailure' },
  { name: 'mac-fail-03', vector: macFail3, expected: 'unsupportedAlgorithm' },
  { name: 'mac-fail-04', vector: macFail4, expected: 'unsupportedAlgorithm' },
  { name: 'mac-fail-06', vector: macFail6, expected: 'integrityFailure' },
  { name: 'mac-fail-07', vector: macFail7, expected: 'integrityFailure' },
  { name: 'mac-pass-01', vector: macPass1, expected: 'accepted' },
  { name: 'mac-pass-02', vector: macPass2, expected: 'accepted' },
  { name: 'mac-pass-03', vector: macPass3, expected: 'accepted' },
];

const test = suite('COSE_Mac0 of cose-wg');

/** What a recipient does that was given the key for the algorithm that the sender was to use. */
function contextOf({ input, intermediates }: Vector, message: Mac0): Mac0Context {
  const named = message.protectedHeader.algorithm ?? message.unprotectedHeader.algorithm;
  const algorithm = NAMES[input.mac0.alg] ?? named!;
  return {
    algorithm,
    key: provider.macKey(algorithm, provider.secret(fromHex(intermediates.CEK_hex))),
    externalAad: fromHex(input.mac0.external ?? ''),
  };
}

function verify(vector: Vector): Uint8Array {
  const message = decodeMac0(fromHex(vector.output.cbor));
  return verifyMac0(message, contextOf(vector, message));
}

for (const { name, vector, expected } of CASES) {
  test(`${name} is ${expected}`, () => {
    assert.is(
      outcome(() => verify(vector)),
      expected,
    );
  });
}

const accepted = CASES.filter(({ expected }) => expected === 'accepted');

test('what is accepted has the payload of the vector', () => {
  for (const { vector } of accepted) {
    assert.equal(verify(vector).slice(), encodeUtf8(vector.input.plaintext));
  }
});

test('what is accepted authenticates the MAC_structure of the vector', () => {
  for (const { vector } of accepted) {
    const { protectedBytes, payload } = decodeMac0(fromHex(vector.output.cbor));
    const structure = macStructure(protectedBytes, fromHex(vector.input.mac0.external ?? ''), payload);
    assert.is(toHex(structure), vector.intermediates.ToMac_hex.toLowerCase());
  }
});

test('computing again gives the tag of the vector', () => {
  for (const { vector } of accepted) {
    const message = decodeMac0(fromHex(vector.output.cbor));
    const again = createMac0(message, encodeUtf8(vector.input.plaintext), contextOf(vector, message));
    assert.equal(again.tag, message.tag.slice());
  }
});

test('what parses encodes to the same bytes', () => {
  let parsed = 0;
  for (const { vector } of CASES) {
    const bytes = fromHex(vector.output.cbor);
    if (outcome(() => decodeMac0(bytes)) !== 'accepted') continue;
    parsed += 1;
    assert.equal(encodeMac0(decodeMac0(bytes)), bytes);
  }
  assert.is(parsed, 13);
});

test('6 pass, 7 fail as they shall, 2 name an algorithm that is not ours', () => {
  const failing = CASES.filter(({ vector }) => vector.fail === true);
  const foreign = CASES.filter(({ vector }) => NAMES[vector.input.mac0.alg] === undefined);
  assert.equal([CASES.length, accepted.length, failing.length, foreign.length], [15, 6, 7, 2]);
  assert.ok(failing.every(({ expected }) => expected !== 'accepted'));
  assert.ok(foreign.every(({ expected }) => expected === 'unsupportedAlgorithm'));
});

test.run();
