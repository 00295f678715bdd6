// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import ecdsa1 from '../../tools/vectors/cose/ecdsa-examples/ecdsa-sig-01.json';
import ecdsa2 from '../../tools/vectors/cose/ecdsa-examples/ecdsa-sig-02.json';
import ecdsa3 from '../../tools/vectors/cose/ecdsa-examples/ecdsa-sig-03.json';
import ecdsa4 from '../../tools/vectors/cose/ecdsa-examples/ecdsa-sig-04.json';
import eddsa1 from '../../tools/vectors/cose/eddsa-examples/eddsa-sig-01.json';
import eddsa2 from '../../tools/vectors/cose/eddsa-examples/eddsa-sig-02.json';
import signFail1 from '../../tools/vectors/cose/sign1-tests/sign-fail-01.json';
import signFail2 from '../../tools/vectors/cose/sign1-tests/sign-fail-02.json';
import signFail3 from '../../tools/vectors/cose/sign1-tests/sign-fail-03.json';
import signFail4 from '../../tools/vectors/cose/sign1-tests/sign-fail-04.json';
import signFail6 from '../../tools/vectors/cose/sign1-tests/sign-fail-06.json';
import signFail7 from '../../tools/vectors/cose/sign1-tests/sign-fail-07.json';
import signPass1 from '../../tools/vectors/cose/sign1-tests/sign-pass-01.json';
import signPass2 from '../../tools/vectors/cose/sign1-tests/sign-pass-02.json';
import signPass3 from '../../tools/vectors/cose/sign1-tests/sign-pass-03.json';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { Curve, SignatureAlgorithm } from '../crypto/curves.ts';
import type { ReasonName } from '../refusal.ts';
import { createSign1, decodeSign1, encodeSign1, type Sign1, verifySign1 } from './sign1.ts';
import { signatureStructure } from './structure.ts';
import { outcome, provider } from './test-fixture.ts';

interface Vector {
  readonly fail?: boolean;
  readonly input: {
    readonly plaintext: string;
    readonly sign0: {
      readonly alg?: string;
      readonly external?: string;
      readonly key: { readonly crv: string };
    };
  };
  readonly intermediates: { readonly ToBeSign_hex: string };
  readonly output: { readonly cbor: string };
}

interface Case {
  readonly name: string;
  readonly vector: Vector;
  readonly expected: ReasonName | 'accepted';
}

/** The P-256 key "11" and the Ed25519 key "11" of cose-wg, by the curve that a vector names. */
const KEYS: Readonly<Record<string, { algorithm: number; privateKey: string; publicKey: string }>> =
  Object.freeze({
    'P-256': {
      algorithm: SignatureAlgorithm.ES256,
      privateKey: '57c92077664146e876760c9520d054aa93c3afb04e306705db6090308507b4d3',
      publicKey:
        'bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff' +
        '20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e',
    },
    Ed25519: {
      algorithm: SignatureAlgorithm.EdDSA,
      privateKey: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    },
  });

const CASES: readonly Case[] = [
  { name: 'ecdsa-sig-01', vector: ecdsa1, expected: 'accepted' },
  { name: 'ecdsa-sig-02', vector: ecdsa2, expected: 'unsupportedAlgorithm' },
  { name: 'ecdsa-sig-03', vector: ecdsa3, expected: 'unsupportedAlgorithm' },
  { name: 'ecdsa-sig-04', vector: ecdsa4, expected: 'unsupportedAlgorithm' },
  { name: 'eddsa-sig-01', vector: eddsa1, expected: 'accepted' },
  { name: 'eddsa-sig-02', vector: eddsa2, expected: 'signatureInvalid' },
  { name: 'sign-fail-01', vector: signFail1, expected: 'wrongType' },
  { name: 'sign-fail-02', vector: signFail2, expected: 'signatureInvalid' },
  { name: 'sign-fail-03', vector: signFail3, expected: 'unsupportedAlgorithm' },
  { name: 'sign-fail-04', vector: signFail4, expected: 'unsupportedAlgorithm' },
  { name: 'sign-fail-06', vector: signFail6, expected: 'signatureInvalid' },
  { name: 'sign-fail-07', vector: signFail7, expected: 'signatureInvalid' },
  { name: 'sign-pass-01', vector: signPass1, expected: 'accepted' },
  { name: 'sign-pass-02', vector: signPass2, expected: 'accepted' },
  { name: 'sign-pass-03', vector: signPass3, expected: 'accepted' },
];

const test = suite('COSE_Sign1 of cose-wg');
const accepted = CASES.filter(({ expected }) => expected === 'accepted');

function keyOf({ input }: Vector) {
  return KEYS[input.sign0.key.crv] ?? KEYS.Ed25519!;
}

function contextOf(vector: Vector) {
  const { algorithm, publicKey } = keyOf(vector);
  const externalAad = fromHex(vector.input.sign0.external ?? '');
  return { provider, algorithm, publicKey: fromHex(publicKey), externalAad };
}

function verify(vector: Vector): Uint8Array {
  return verifySign1(decodeSign1(fromHex(vector.output.cbor)), contextOf(vector));
}

function signAgain(vector: Vector, message: Sign1): Sign1 {
  const { algorithm, privateKey } = keyOf(vector);
  const curve = algorithm === SignatureAlgorithm.EdDSA ? Curve.Ed25519 : Curve.P256;
  const { externalAad } = contextOf(vector);
  const key = provider.privateKey(curve, fromHex(privateKey));
  return createSign1(message, message.payload, { provider, algorithm, privateKey: key, externalAad });
}

for (const { name, vector, expected } of CASES) {
  test(`${name} is ${expected}`, () => {
    assert.is(
      outcome(() => verify(vector)),
      expected,
    );
  });
}

test('what is accepted has the payload of the vector', () => {
  for (const { vector } of accepted) {
    assert.equal(verify(vector).slice(), encodeUtf8(vector.input.plaintext));
  }
});

test('what is accepted signs the Sig_structure of the vector', () => {
  for (const { vector } of accepted) {
    const { protectedBytes, payload } = decodeSign1(fromHex(vector.output.cbor));
    const structure = signatureStructure(protectedBytes, contextOf(vector).externalAad, payload);
    assert.is(toHex(structure), vector.intermediates.ToBeSign_hex.toLowerCase());
  }
});

test('signing again gives a message that verifies, and with EdDSA the same', () => {
  for (const { vector } of accepted) {
    const message = decodeSign1(fromHex(vector.output.cbor));
    const again = signAgain(vector, message);
    assert.equal(verifySign1(again, contextOf(vector)), message.payload);
    if (keyOf(vector).algorithm === SignatureAlgorithm.EdDSA)
      assert.equal(again.signature, message.signature.slice());
  }
});

test('what parses encodes to the same bytes', () => {
  let parsed = 0;
  for (const { vector } of CASES) {
    const bytes = fromHex(vector.output.cbor);
    if (outcome(() => decodeSign1(bytes)) !== 'accepted') continue;
    parsed += 1;
    assert.equal(encodeSign1(decodeSign1(bytes)), bytes);
  }
  assert.is(parsed, 13);
});

test('5 pass, 6 fail as they shall, 4 are for curves or algorithms that are not ours', () => {
  const failing = CASES.filter(({ vector }) => vector.fail === true);
  assert.equal([CASES.length, accepted.length, failing.length], [15, 5, 6]);
  assert.ok(failing.every(({ expected }) => expected !== 'accepted'));
});

test.run();
