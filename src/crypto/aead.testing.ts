// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AeadParameters, Algorithm, algorithmParameters } from './algorithms.ts';
import { flipBit, pattern, refuses } from './check.testing.ts';
import type { CryptoProvider } from './provider.ts';

const AEADS = [
  Algorithm.A128GCM,
  Algorithm.AES_CCM_16_64_128,
  Algorithm.AES_CCM_16_128_128,
  Algorithm.CHACHA20_POLY1305,
];
const A192GCM = 2;
const EMPTY = new Uint8Array(0);

/** What every AEAD of a provider does, and above all what it refuses. */
export function runAeadTests(create: () => CryptoProvider): void {
  for (const algorithm of AEADS) runAlgorithmTests(create, algorithm);
  runHandleTests(create);
}

function runAlgorithmTests(create: () => CryptoProvider, algorithm: number): void {
  const provider = create();
  const parameters = algorithmParameters(algorithm) as AeadParameters;
  const { keyLength, nonceLength, tagLength } = parameters;
  const aeadTests = suite(`${provider.name} ${parameters.name}`);

  const keyOf = (seed: number) => provider.aeadKey(algorithm, provider.secret(pattern(keyLength, seed)));
  const key = keyOf(1);
  const nonce = pattern(nonceLength, 2);
  const aad = pattern(20, 3);
  const plaintext = pattern(24, 4);
  const sealed = key.seal(nonce, aad, plaintext);

  aeadTests('carries the algorithm', () => {
    assert.ok(provider.supports(algorithm));
  });

  aeadTests('opens what it sealed, empty or not, on either side of a block', () => {
    for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 64, 65]) {
      const text = pattern(length, 5);
      for (const data of [EMPTY, aad]) {
        const message = key.seal(nonce, data, text);
        assert.is(message.length, length + tagLength);
        assert.equal(key.open(nonce, data, message), text);
      }
    }
  });

  aeadTests('seals nothing as often as it is asked, and opens no forgery of it', () => {
    const nothing = new Uint8Array(0);
    // An engine may give the buffer of an empty array no memory once it was looked at.
    assert.is(nothing.buffer.byteLength, 0);
    const first = key.seal(nonce, aad, nothing);
    assert.equal(key.seal(nonce, aad, nothing), first);
    assert.equal(key.open(nonce, aad, first), nothing);
    for (let bit = 0; bit < 8 * first.length; bit++)
      assert.is(key.open(nonce, aad, flipBit(first, bit)), undefined);
  });

  aeadTests('leaves its arguments as they were', () => {
    assert.equal([nonce, aad, plaintext], [pattern(nonceLength, 2), pattern(20, 3), pattern(24, 4)]);
    const copy = sealed.slice();
    key.open(nonce, aad, sealed);
    assert.equal(sealed, copy);
  });

  aeadTests('does not open a message with any one bit flipped', () => {
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      assert.is(key.open(nonce, aad, flipBit(sealed, bit)), undefined, `bit ${bit}`);
    }
    assert.equal(key.open(nonce, aad, sealed), plaintext);
  });

  aeadTests('does not open under a nonce or additional data with any one bit flipped', () => {
    for (let bit = 0; bit < 8 * nonceLength; bit++) {
      assert.is(key.open(flipBit(nonce, bit), aad, sealed), undefined, `nonce bit ${bit}`);
    }
    for (let bit = 0; bit < 8 * aad.length; bit++) {
      assert.is(key.open(nonce, flipBit(aad, bit), sealed), undefined, `aad bit ${bit}`);
    }
  });

  aeadTests('does not open a message cut short, lengthened, or under another key', () => {
    for (let length = 0; length < sealed.length; length++) {
      assert.is(key.open(nonce, aad, sealed.subarray(0, length)), undefined, `${length} bytes`);
    }
    assert.is(key.open(nonce, aad, Uint8Array.of(...sealed, 0)), undefined);
    assert.is(keyOf(6).open(nonce, aad, sealed), undefined);
  });

  aeadTests('refuses a key of any other length', () => {
    for (const length of [0, keyLength - 1, keyLength + 1, 24]) {
      const secret = provider.secret(pattern(length, 1));
      refuses('badArgument', () => provider.aeadKey(algorithm, secret), `${length} bytes`);
    }
  });

  aeadTests('refuses a nonce of any other length', () => {
    for (const length of [0, 1, nonceLength - 1, nonceLength + 1, 16]) {
      refuses('badArgument', () => key.seal(pattern(length, 2), aad, plaintext), `${length} bytes`);
      refuses('badArgument', () => key.open(pattern(length, 2), aad, sealed), `${length} bytes`);
    }
  });

  aeadTests('keeps two keys apart that are used in turns', () => {
    const other = keyOf(7);
    const expected = other.seal(nonce, aad, plaintext);
    key.seal(pattern(nonceLength, 8), EMPTY, plaintext);
    assert.equal(other.seal(nonce, aad, plaintext), expected);
    assert.equal(key.seal(nonce, aad, plaintext), sealed);
  });

  aeadTests('outlives its secret, and refuses once wiped itself', () => {
    const secret = provider.secret(pattern(keyLength, 1));
    const bound = provider.aeadKey(algorithm, secret);
    secret.wipe();
    assert.equal(bound.seal(nonce, aad, plaintext), sealed);
    bound.wipe();
    bound.wipe();
    refuses('keyWiped', () => bound.seal(nonce, aad, plaintext));
    refuses('keyWiped', () => bound.open(nonce, aad, sealed));
  });

  aeadTests.run();
}

function runHandleTests(create: () => CryptoProvider): void {
  const provider = create();
  const handles = suite(`${provider.name} handles`);
  const ccm = Algorithm.AES_CCM_16_64_128;

  handles('are refused by another provider, and forged ones by all', () => {
    const foreign = create().secret(pattern(16, 1));
    refuses('badArgument', () => provider.aeadKey(ccm, foreign));
    refuses('badArgument', () => provider.aeadKey(ccm, { wipe() {} }));
    refuses('badArgument', () => provider.extract(Algorithm.SHA_256, EMPTY, foreign));
  });

  handles('are refused once wiped', () => {
    const secret = provider.secret(pattern(16, 1));
    secret.wipe();
    secret.wipe();
    refuses('keyWiped', () => provider.aeadKey(ccm, secret));
  });

  handles('hold a copy of the bytes they were made of', () => {
    const bytes = pattern(16, 1);
    const secret = provider.secret(bytes);
    bytes.fill(0);
    const [nonce, text] = [pattern(13, 2), pattern(24, 3)];
    const expected = provider.aeadKey(ccm, provider.secret(pattern(16, 1))).seal(nonce, EMPTY, text);
    assert.equal(provider.aeadKey(ccm, secret).seal(nonce, EMPTY, text), expected);
  });

  handles('bind to no algorithm that is unknown or of another kind', () => {
    const secret = provider.secret(pattern(32, 1));
    for (const algorithm of [0, A192GCM, Algorithm.HMAC_256_256, Algorithm.SHA_256]) {
      refuses('unsupportedAlgorithm', () => provider.aeadKey(algorithm, secret), `${algorithm}`);
    }
    assert.not(provider.supports(A192GCM));
  });

  handles('AES-CCM takes 65,535 bytes of plaintext and refuses one more', () => {
    const key = provider.aeadKey(ccm, provider.secret(pattern(16, 1)));
    const nonce = pattern(13, 2);
    const longest = new Uint8Array(65535);
    assert.equal(key.open(nonce, EMPTY, key.seal(nonce, EMPTY, longest))?.length, longest.length);
    refuses('badArgument', () => key.seal(nonce, EMPTY, new Uint8Array(65536)));
    assert.is(key.open(nonce, EMPTY, new Uint8Array(65536 + 8)), undefined);
  });

  handles.run();
}
