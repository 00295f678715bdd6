// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import ccmEnc1 from '../../tools/vectors/cose/aes-ccm-examples/aes-ccm-enc-01.json';
import ccmEnc2 from '../../tools/vectors/cose/aes-ccm-examples/aes-ccm-enc-02.json';
import ccmEnc3 from '../../tools/vectors/cose/aes-ccm-examples/aes-ccm-enc-03.json';
import ccmEnc4 from '../../tools/vectors/cose/aes-ccm-examples/aes-ccm-enc-04.json';
import ccmEnc5 from '../../tools/vectors/cose/aes-ccm-examples/aes-ccm-enc-05.json';
import ccmEnc6 from '../../tools/vectors/cose/aes-ccm-examples/aes-ccm-enc-06.json';
import ccmEnc7 from '../../tools/vectors/cose/aes-ccm-examples/aes-ccm-enc-07.json';
import ccmEnc8 from '../../tools/vectors/cose/aes-ccm-examples/aes-ccm-enc-08.json';
import gcmEnc1 from '../../tools/vectors/cose/aes-gcm-examples/aes-gcm-enc-01.json';
import gcmEnc2 from '../../tools/vectors/cose/aes-gcm-examples/aes-gcm-enc-02.json';
import gcmEnc3 from '../../tools/vectors/cose/aes-gcm-examples/aes-gcm-enc-03.json';
import gcmEnc4 from '../../tools/vectors/cose/aes-gcm-examples/aes-gcm-enc-04.json';
import chachaPolyEnc1 from '../../tools/vectors/cose/chacha-poly-examples/chacha-poly-enc-01.json';
import aesGcm1 from '../../tools/vectors/cose/encrypted-tests/aes-gcm-01.json';
import encFail1 from '../../tools/vectors/cose/encrypted-tests/enc-fail-01.json';
import encFail2 from '../../tools/vectors/cose/encrypted-tests/enc-fail-02.json';
import encFail3 from '../../tools/vectors/cose/encrypted-tests/enc-fail-03.json';
import encFail4 from '../../tools/vectors/cose/encrypted-tests/enc-fail-04.json';
import encFail6 from '../../tools/vectors/cose/encrypted-tests/enc-fail-06.json';
import encFail7 from '../../tools/vectors/cose/encrypted-tests/enc-fail-07.json';
import encPass1 from '../../tools/vectors/cose/encrypted-tests/enc-pass-01.json';
import encPass2 from '../../tools/vectors/cose/encrypted-tests/enc-pass-02.json';
import encPass3 from '../../tools/vectors/cose/encrypted-tests/enc-pass-03.json';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { ReasonName } from '../refusal.ts';
import {
  decodeEncrypt0,
  type Encrypt0,
  type Encrypt0Context,
  encodeEncrypt0,
  openEncrypt0,
  sealEncrypt0,
} from './encrypt0.ts';
import { encStructure } from './structure.ts';
import { outcome, provider } from './test-fixture.ts';

interface Vector {
  readonly fail?: boolean;
  readonly input: {
    readonly plaintext: string;
    readonly encrypted: {
      readonly protected?: { readonly alg: string };
      readonly unprotected?: { readonly alg: string };
      readonly external?: string;
    };
  };
  readonly intermediates: { readonly AAD_hex: string; readonly CEK_hex: string };
  readonly output: { readonly cbor: string };
}

interface Case {
  readonly name: string;
  readonly vector: Vector;
  readonly expected: ReasonName | 'accepted';
}

const NAMES: Readonly<Record<string, number>> = Object.freeze({
  A128GCM: Algorithm.A128GCM,
  'AES-CCM-16-128/64': Algorithm.AES_CCM_16_64_128,
  'AES-CCM-16-128/128': Algorithm.AES_CCM_16_128_128,
  'ChaCha-Poly1305': Algorithm.CHACHA20_POLY1305,
});

const CASES: readonly Case[] = [
  { name: 'aes-ccm-enc-01', vector: ccmEnc1, expected: 'accepted' },
  { name: 'aes-ccm-enc-02', vector: ccmEnc2, expected: 'accepted' },
  { name: 'aes-ccm-enc-03', vector: ccmEnc3, expected: 'unsupportedAlgorithm' },
  { name: 'aes-ccm-enc-04', vector: ccmEnc4, expected: 'unsupportedAlgorithm' },
  { name: 'aes-ccm-enc-05', vector: ccmEnc5, expected: 'unsupportedAlgorithm' },
  { name: 'aes-ccm-enc-06', vector: ccmEnc6, expected: 'unsupportedAlgorithm' },
  { name: 'aes-ccm-enc-07', vector: ccmEnc7, expected: 'unsupportedAlgorithm' },
  { name: 'aes-ccm-enc-08', vector: ccmEnc8, expected: 'unsupportedAlgorithm' },
  { name: 'aes-gcm-enc-01', vector: gcmEnc1, expected: 'accepted' },
  { name: 'aes-gcm-enc-02', vector: gcmEnc2, expected: 'unsupportedAlgorithm' },
  { name: 'aes-gcm-enc-03', vector: gcmEnc3, expected: 'unsupportedAlgorithm' },
  { name: 'aes-gcm-enc-04', vector: gcmEnc4, expected: 'decryptionFailure' },
  { name: 'chacha-poly-enc-01', vector: chachaPolyEnc1, expected: 'accepted' },
  { name: 'aes-gcm-01', vector: aesGcm1, expected: 'accepted' },
  { name: 'enc-fail-01', vector: encFail1, expected: 'wrongType' },
  { name: 'enc-fail-02', vector: encFail2, expected: 'decryptionFailure' },
  { name: 'enc-fail-03', vector: encFail3, expected: 'unsupportedAlgorithm' },
  { name: 'enc-fail-04', vector: encFail4, expected: 'unsupportedAlgorithm' },
  { name: 'enc-fail-06', vector: encFail6, expected: 'decryptionFailure' },
  { name: 'enc-fail-07', vector: encFail7, expected: 'decryptionFailure' },
  { name: 'enc-pass-01', vector: encPass1, expected: 'accepted' },
  { name: 'enc-pass-02', vector: encPass2, expected: 'accepted' },
  { name: 'enc-pass-03', vector: encPass3, expected: 'accepted' },
];

const ENCRYPT0 = toHex(encodeUtf8('Encrypt0'));
const ENCRYPT1 = toHex(encodeUtf8('Encrypt1'));

const test = suite('COSE_Encrypt0 of cose-wg');

function namedAlgorithm({ encrypted }: Vector['input']): string {
  return (encrypted.protected ?? encrypted.unprotected)!.alg;
}

/** What a recipient does that was given the key for the algorithm that the sender was to use. */
function contextOf(vector: Vector, message: Encrypt0): Encrypt0Context {
  const named = message.protectedHeader.algorithm ?? message.unprotectedHeader.algorithm;
  const algorithm = NAMES[namedAlgorithm(vector.input)] ?? named!;
  return {
    algorithm,
    key: provider.aeadKey(algorithm, provider.secret(fromHex(vector.intermediates.CEK_hex))),
    nonce: message.unprotectedHeader.iv!,
    externalAad: fromHex(vector.input.encrypted.external ?? ''),
  };
}

function open(vector: Vector): Uint8Array {
  const message = decodeEncrypt0(fromHex(vector.output.cbor));
  return openEncrypt0(message, contextOf(vector, message));
}

for (const { name, vector, expected } of CASES) {
  test(`${name} is ${expected}`, () => {
    assert.is(
      outcome(() => open(vector)),
      expected,
    );
  });
}

const accepted = CASES.filter(({ expected }) => expected === 'accepted');

test('what is accepted has the plaintext of the vector', () => {
  for (const { vector } of accepted) assert.equal(open(vector), encodeUtf8(vector.input.plaintext));
});

test('what is accepted authenticates the Enc_structure of the vector', () => {
  for (const { name, vector } of accepted) {
    const { protectedBytes } = decodeEncrypt0(fromHex(vector.output.cbor));
    const structure = encStructure(protectedBytes, fromHex(vector.input.encrypted.external ?? ''));
    const expected = vector.intermediates.AAD_hex.toLowerCase();
    // The file prints "Encrypt1" here, but its ciphertext was made with "Encrypt0": it opens as such.
    const corrected = name === 'chacha-poly-enc-01' ? expected.replace(ENCRYPT1, ENCRYPT0) : expected;
    assert.is(toHex(structure), corrected);
  }
});

test('sealing again gives the ciphertext of the vector', () => {
  for (const { vector } of accepted) {
    const message = decodeEncrypt0(fromHex(vector.output.cbor));
    const again = sealEncrypt0(message, encodeUtf8(vector.input.plaintext), contextOf(vector, message));
    assert.equal(again.ciphertext, message.ciphertext);
  }
});

test('what parses encodes to the same bytes', () => {
  let parsed = 0;
  for (const { vector } of CASES) {
    const bytes = fromHex(vector.output.cbor);
    if (outcome(() => decodeEncrypt0(bytes)) !== 'accepted') continue;
    parsed += 1;
    assert.equal(encodeEncrypt0(decodeEncrypt0(bytes)), bytes);
  }
  assert.is(parsed, 21);
});

test('8 pass, 7 fail as they shall, 8 name an algorithm that is not ours', () => {
  const failing = CASES.filter(({ vector }) => vector.fail === true);
  const foreign = CASES.filter(({ vector }) => NAMES[namedAlgorithm(vector.input)] === undefined);
  assert.equal([CASES.length, accepted.length, failing.length, foreign.length], [23, 8, 7, 8]);
  assert.ok(failing.every(({ expected }) => expected !== 'accepted'));
  assert.ok(foreign.every(({ expected }) => expected === 'unsupportedAlgorithm'));
});

test.run();
