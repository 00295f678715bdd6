// SPDX-License-Identifier: Apache-2.0

/** The examples of RFC 8392: what protects them is what protects a grant; their claims are none of ours. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import examples from '../../tools/vectors/cwt-rfc8392/examples.json';
import { fromHex, toHex } from '../bytes/hex.ts';
import { CborReader } from '../cbor/reader.ts';
import { decodeEncrypt0, openEncrypt0 } from '../cose/encrypt0.ts';
import { decodeMac0, verifyMac0 } from '../cose/mac0.ts';
import { decodeSign1, verifySign1 } from '../cose/sign1.ts';
import { outcome } from '../handshake/test-fixture.ts';
import { decodeClaims } from './claims.ts';
import { PROVIDER } from './fixture.testing.ts';
import { openGrant } from './grant.ts';

const test = suite('CWT of RFC 8392');
const AAD = new Uint8Array(0);
const { 'A.3': signed, 'A.4': tagged, 'A.5': encrypted, 'A.6': nested, 'A.7': fractional } = examples;

function macKeyOf({ algorithm, k }: { algorithm: number; k: string }) {
  return PROVIDER.macKey(algorithm, PROVIDER.secret(fromHex(k)));
}

function verifiedSign1(hex: string): string {
  const publicKey = fromHex(signed.x + signed.y);
  const context = { provider: PROVIDER, algorithm: signed.algorithm, publicKey, externalAad: AAD };
  return toHex(verifySign1(decodeSign1(fromHex(hex)), context));
}

function verifiedMac0(hex: string, example: { algorithm: number; k: string }): string {
  const context = { algorithm: example.algorithm, key: macKeyOf(example), externalAad: AAD };
  return toHex(verifyMac0(decodeMac0(fromHex(hex)), context));
}

test('A.3, signed', () => {
  assert.is(verifiedSign1(signed.cwt), signed.claims);
});

test('A.4, under a MAC, in the tag of a CWT', () => {
  const bytes = fromHex(tagged.cwt);
  const reader = new CborReader(bytes);
  assert.is(reader.tag(), 61);
  const inner = toHex(bytes.subarray(bytes.length - reader.remaining));
  assert.is(verifiedMac0(inner, tagged), tagged.claims);
});

function opened(example: { algorithm: number; k: string; nonce: string; cwt: string }): string {
  const key = PROVIDER.aeadKey(example.algorithm, PROVIDER.secret(fromHex(example.k)));
  const nonce = fromHex(example.nonce);
  const message = decodeEncrypt0(fromHex(example.cwt));
  return toHex(openEncrypt0(message, { algorithm: example.algorithm, key, nonce, externalAad: AAD }));
}

test('A.5, encrypted', () => {
  assert.is(opened(encrypted), encrypted.claims);
});

test('A.6, signed and then encrypted', () => {
  assert.is(verifiedSign1(opened(nested)), signed.claims);
});

test('A.7, with a time of fractions', () => {
  assert.is(verifiedMac0(fractional.cwt, fractional), fractional.claims);
});

test('none of them is a grant, whoever protects it', () => {
  const signer = { provider: PROVIDER, algorithm: signed.algorithm, publicKey: fromHex(signed.x + signed.y) };
  const verification = { macKey: macKeyOf(tagged), signer };
  for (const { cwt } of [signed, tagged, encrypted, nested, fractional])
    assert.is(
      outcome(() => openGrant(fromHex(cwt), verification)),
      'grantInvalid',
    );
  for (const { claims } of [signed, tagged, fractional])
    assert.is(
      outcome(() => decodeClaims(fromHex(claims))),
      'grantInvalid',
    );
});

test.run();
