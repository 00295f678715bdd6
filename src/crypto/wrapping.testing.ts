// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { type AeadParameters, Algorithm, algorithmParameters } from './algorithms.ts';
import { flipBit, pattern, refuses } from './check.testing.ts';
import { Curve } from './curves.ts';
import type { CryptoProvider, Secret } from './provider.ts';
import { MAX_WRAPPED_LENGTH } from './wrapping.ts';

const AEADS = [
  Algorithm.A128GCM,
  Algorithm.AES_CCM_16_64_128,
  Algorithm.AES_CCM_16_128_128,
  Algorithm.CHACHA20_POLY1305,
];
const CCM = Algorithm.AES_CCM_16_64_128;
const EMPTY = new Uint8Array(0);
const AAD = pattern(20, 3);
/** Of P-256 and, clamped as RFC 7748 section 5 says, of X25519. */
const PRIVATE_KEYS = [
  [Curve.P256, 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721'],
  [Curve.X25519, '882ec28e5cb6669108470539500b705e60d008d347c5817ee9f3327c8a87bb43'],
] as const;
/** n of FIPS 186-5: one more than the highest private key of P-256. */
const P256_ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';

/** Keys under keys: the bytes are those of the AEAD over the key, and what is not whole is no key. */
export function runWrappingTests(create: () => CryptoProvider): void {
  const provider = create();
  const wrapping = suite(`${provider.name} wrapping`);
  const nonce = pattern(13, 2);
  const kek = provider.secret(pattern(16, 1));

  /** Tells keys apart without seeing them. */
  const shown = (secret: Secret) =>
    toHex(provider.expand(Algorithm.SHA_256, provider.extract(Algorithm.SHA_256, EMPTY, secret), EMPTY, 8));

  wrapping('makes what the AEAD makes of data and key, and gives both back', () => {
    for (const algorithm of AEADS) {
      const { keyLength, nonceLength } = algorithmParameters(algorithm) as AeadParameters;
      const key = provider.secret(pattern(keyLength, 1));
      const aead = provider.aeadKey(algorithm, key);
      for (const [dataLength, length] of [
        [0, 1],
        [0, 128],
        [9, 16],
        [127, 1],
      ] as const) {
        const plaintext = pattern(dataLength + length, 4);
        const [data, bytes] = [plaintext.slice(0, dataLength), plaintext.slice(dataLength)];
        const iv = pattern(nonceLength, 2);
        const wrapped = provider.wrap(algorithm, key, iv, AAD, provider.secret(bytes), data);
        assert.is(toHex(wrapped), toHex(aead.seal(iv, AAD, plaintext)));
        const opened = new Uint8Array(dataLength);
        const secret = provider.unwrap(algorithm, key, iv, AAD, wrapped, opened)!;
        assert.equal(opened, data);
        assert.is(shown(secret), shown(provider.secret(bytes)));
      }
    }
  });

  wrapping('makes what the AEAD makes of the bytes of a private key, and gives the key back', () => {
    for (const [curve, hex] of PRIVATE_KEYS) {
      const key = provider.privateKey(curve, fromHex(hex));
      const wrapped = provider.wrap(CCM, kek, nonce, AAD, key, pattern(5, 4));
      const plaintext = Uint8Array.of(...pattern(5, 4), ...fromHex(hex));
      assert.is(toHex(wrapped), toHex(provider.aeadKey(CCM, kek).seal(nonce, AAD, plaintext)));
      const data = new Uint8Array(5);
      const again = provider.unwrapPrivateKey(CCM, kek, nonce, AAD, curve, wrapped, data)!;
      assert.equal([again.publicKey, data], [key.publicKey, pattern(5, 4)]);
      const peer = provider.generateKey(curve);
      assert.is(
        shown(provider.agree(again, peer.publicKey)),
        shown(provider.agree(peer, key.publicKey)),
        `curve ${curve}`,
      );
    }
  });

  wrapping('gives no key of what has a bit flipped, anywhere, or another length', () => {
    const wrapped = provider.wrap(CCM, kek, nonce, AAD, provider.secret(pattern(16, 5)), pattern(3, 6));
    const data = new Uint8Array(3);
    const open = (iv: Uint8Array, aad: Uint8Array, bytes: Uint8Array) =>
      provider.unwrap(CCM, kek, iv, aad, bytes, data);
    for (let bit = 0; bit < 8 * wrapped.length; bit++)
      assert.is(open(nonce, AAD, flipBit(wrapped, bit)), undefined);
    for (let bit = 0; bit < 8 * 13; bit++) assert.is(open(flipBit(nonce, bit), AAD, wrapped), undefined);
    for (let bit = 0; bit < 8 * 20; bit++) assert.is(open(nonce, flipBit(AAD, bit), wrapped), undefined);
    for (let length = 0; length < wrapped.length; length++)
      assert.is(open(nonce, AAD, wrapped.subarray(0, length)), undefined);
    assert.is(open(nonce, AAD, Uint8Array.of(...wrapped, 0)), undefined);
    assert.is(open(nonce, AAD, new Uint8Array(300)), undefined);
    assert.equal(data, new Uint8Array(3));
    assert.ok(open(nonce, AAD, wrapped));
  });

  wrapping('gives no key where data alone was sealed, and none under another key', () => {
    const sealed = provider.aeadKey(CCM, kek).seal(nonce, AAD, pattern(3, 6));
    assert.is(provider.unwrap(CCM, kek, nonce, AAD, sealed, new Uint8Array(3)), undefined);
    assert.is(
      provider.unwrap(CCM, kek, nonce, AAD, provider.aeadKey(CCM, kek).seal(nonce, AAD, EMPTY)),
      undefined,
    );
    const other = provider.secret(pattern(16, 9));
    assert.is(provider.unwrap(CCM, other, nonce, AAD, sealed), undefined);
    assert.is(provider.unwrapPrivateKey(CCM, other, nonce, AAD, Curve.P256, sealed), undefined);
  });

  wrapping('refuses what verifies and is no private key of the curve', () => {
    for (const bytes of [
      new Uint8Array(32),
      fromHex(P256_ORDER),
      new Uint8Array(32).fill(0xff),
      pattern(31, 1),
      pattern(33, 1),
    ]) {
      const wrapped = provider.aeadKey(CCM, kek).seal(nonce, AAD, bytes);
      refuses('badArgument', () => provider.unwrapPrivateKey(CCM, kek, nonce, AAD, Curve.P256, wrapped));
    }
    const wrapped = provider.aeadKey(CCM, kek).seal(nonce, AAD, pattern(32, 1));
    refuses('unsupportedAlgorithm', () => provider.unwrapPrivateKey(CCM, kek, nonce, AAD, 2, wrapped));
  });

  wrapping(
    'refuses keys that are wiped, foreign, empty or too long, and wrong lengths and algorithms',
    () => {
      const key = provider.secret(pattern(16, 5));
      const wiped = provider.secret(pattern(16, 5));
      wiped.wipe();
      const wipedKey = provider.privateKey(Curve.P256, pattern(32, 3));
      wipedKey.wipe();
      const foreign = create();
      const wrap = provider.wrap;
      refuses('keyWiped', () => wrap(CCM, kek, nonce, AAD, wiped));
      refuses('keyWiped', () => wrap(CCM, wiped, nonce, AAD, key));
      refuses('keyWiped', () => wrap(CCM, kek, nonce, AAD, wipedKey));
      refuses('badArgument', () => wrap(CCM, kek, nonce, AAD, foreign.secret(pattern(16, 1))));
      refuses('badArgument', () => wrap(CCM, foreign.secret(pattern(16, 1)), nonce, AAD, key));
      refuses('badArgument', () => wrap(CCM, kek, nonce, AAD, foreign.generateKey(Curve.P256)));
      refuses('badArgument', () => wrap(CCM, kek, nonce, AAD, provider.secret(EMPTY)));
      refuses('badArgument', () => wrap(CCM, kek, nonce, AAD, key, new Uint8Array(MAX_WRAPPED_LENGTH - 15)));
      refuses('badArgument', () => wrap(CCM, kek, pattern(12, 2), AAD, key));
      refuses('badArgument', () => wrap(CCM, provider.secret(pattern(32, 1)), nonce, AAD, key));
      refuses('unsupportedAlgorithm', () => wrap(Algorithm.HMAC_256_64, kek, nonce, AAD, key));
      const wrapped = wrap(CCM, kek, nonce, AAD, key);
      refuses('badArgument', () => provider.unwrap(CCM, kek, pattern(14, 2), AAD, wrapped));
      refuses('keyWiped', () => provider.unwrap(CCM, wiped, nonce, AAD, wrapped));
      refuses('unsupportedAlgorithm', () => provider.unwrap(0, kek, nonce, AAD, wrapped));
    },
  );

  wrapping('leaves its arguments as they were', () => {
    const key = provider.secret(pattern(16, 5));
    const data = pattern(7, 6);
    const first = provider.wrap(CCM, kek, nonce, AAD, key, data);
    assert.equal([nonce, AAD, data], [pattern(13, 2), pattern(20, 3), pattern(7, 6)]);
    assert.equal(provider.wrap(CCM, kek, nonce, AAD, key, data), first);
    const copy = first.slice();
    provider.unwrap(CCM, kek, nonce, AAD, first);
    assert.equal(first, copy);
  });

  wrapping.run();
}
