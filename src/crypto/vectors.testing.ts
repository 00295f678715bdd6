// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import ccm13 from '../../tools/vectors/aes-ccm-13-generated/aes_ccm_13.json';
import ccm from '../../tools/vectors/wycheproof/aes_ccm_test.json';
import gcm from '../../tools/vectors/wycheproof/aes_gcm_test.json';
import chacha from '../../tools/vectors/wycheproof/chacha20_poly1305_test.json';
import hkdf from '../../tools/vectors/wycheproof/hkdf_sha256_test.json';
import hmac from '../../tools/vectors/wycheproof/hmac_sha256_test.json';
import { equalBytes } from '../bytes/compare.ts';
import { fromHex } from '../bytes/hex.ts';
import { type AeadParameters, Algorithm, algorithmParameters } from './algorithms.ts';
import { refuses } from './check.testing.ts';
import type { CryptoProvider, MacKey } from './provider.ts';

/** There in Node and in our XS host alike. */
declare const console: { log(line: string): void };

interface Sizes {
  keySize: number;
  ivSize: number;
  tagSize: number;
}

interface AeadVector {
  tcId: number;
  key: string;
  iv: string;
  aad: string;
  /** Absent where there is no plaintext: the vector is to be refused. */
  msg?: string;
  ct: string;
  tag: string;
  result: string;
}

interface MacVector {
  tcId: number;
  key: string;
  msg: string;
  tag: string;
  result: string;
}

interface HkdfVector {
  tcId: number;
  ikm: string;
  salt: string;
  info: string;
  size: number;
  okm: string;
  result: string;
}

/** What became of a file's vectors: their outcome checked, or refused because no COSE algorithm has these lengths. */
interface Tally {
  checked: number;
  refused: number;
}

/** Every vector file in full; its numbers are asserted, so that no run passes by doing nothing. */
export function runVectorTests(create: () => CryptoProvider, ccmMaxAadLength: number): void {
  const provider = create();
  const vectors = suite(`${provider.name} vectors`);

  function file(name: string, expected: Tally, run: (tally: Tally) => void): void {
    vectors(name, () => {
      const tally = { checked: 0, refused: 0 };
      run(tally);
      const total = tally.checked + tally.refused;
      console.log(
        `${provider.name} ${name}: ${tally.checked} of ${total}, ${tally.refused} refused by length`,
      );
      assert.equal(tally, expected);
    });
  }

  const ccmVectors = ccm13.tests as (AeadVector & Sizes)[];
  const tooLong = ccmVectors.filter(({ aad }) => aad.length / 2 > ccmMaxAadLength);
  file('AES-CCM 13-byte nonce', { checked: 70 - tooLong.length, refused: 68 + tooLong.length }, (tally) => {
    for (const vector of ccmVectors) {
      if (tooLong.includes(vector)) checkTooLong(provider, vector, tally);
      else checkAead(provider, vector, vector, tally);
    }
  });
  file('Wycheproof AES-CCM', { checked: 6, refused: 546 }, (tally) => {
    for (const group of ccm.testGroups) {
      for (const vector of group.tests) checkAead(provider, group, vector, tally);
    }
  });
  file('Wycheproof AES-GCM', { checked: 67, refused: 249 }, (tally) => {
    for (const group of gcm.testGroups) {
      for (const vector of group.tests) checkAead(provider, group, vector, tally, Algorithm.A128GCM);
    }
  });
  file('Wycheproof ChaCha20-Poly1305', { checked: 316, refused: 9 }, (tally) => {
    for (const group of chacha.testGroups) {
      for (const vector of group.tests)
        checkAead(provider, group, vector, tally, Algorithm.CHACHA20_POLY1305);
    }
  });
  file('Wycheproof HMAC-SHA-256', { checked: 162, refused: 12 }, (tally) => {
    for (const group of hmac.testGroups) for (const vector of group.tests) checkMac(provider, vector, tally);
  });
  file('Wycheproof HKDF-SHA-256', { checked: 86, refused: 0 }, (tally) => {
    for (const group of hkdf.testGroups) for (const vector of group.tests) checkHkdf(provider, vector, tally);
  });

  vectors.run();
}

function checkAead(
  provider: CryptoProvider,
  sizes: Sizes,
  vector: AeadVector,
  tally: Tally,
  algorithm: number = sizes.tagSize === 64 ? Algorithm.AES_CCM_16_64_128 : Algorithm.AES_CCM_16_128_128,
): void {
  const { keyLength, nonceLength } = algorithmParameters(algorithm) as AeadParameters;
  const message = `test ${vector.tcId}`;
  const secret = provider.secret(fromHex(vector.key));
  const nonce = fromHex(vector.iv);
  const aad = fromHex(vector.aad);
  const sealed = fromHex(vector.ct + vector.tag);

  if (sizes.keySize !== 8 * keyLength) {
    refuses('badArgument', () => provider.aeadKey(algorithm, secret), message);
    tally.refused++;
    return;
  }
  const key = provider.aeadKey(algorithm, secret);
  if (sizes.ivSize !== 8 * nonceLength) {
    refuses('badArgument', () => key.open(nonce, aad, sealed), message);
    tally.refused++;
    return;
  }
  if (vector.result === 'valid') {
    const plaintext = fromHex(vector.msg!);
    assert.ok(equalBytes(key.seal(nonce, aad, plaintext), sealed), message);
    assert.ok(equalBytes(key.open(nonce, aad, sealed)!, plaintext), message);
  } else {
    assert.is(key.open(nonce, aad, sealed), undefined, message);
  }
  tally.checked++;
}

function checkTooLong(provider: CryptoProvider, vector: AeadVector & Sizes, tally: Tally): void {
  const key = provider.aeadKey(Algorithm.AES_CCM_16_64_128, provider.secret(fromHex(vector.key)));
  const [nonce, aad] = [fromHex(vector.iv), fromHex(vector.aad)];
  refuses('badArgument', () => key.seal(nonce, aad, new Uint8Array(0)), `test ${vector.tcId}`);
  refuses('badArgument', () => key.open(nonce, aad, fromHex(vector.ct + vector.tag)), `test ${vector.tcId}`);
  tally.refused++;
}

/** Tags of 16 bytes, which COSE has not for HMAC, are checked against the first half of a full one. */
function checkMac(provider: CryptoProvider, vector: MacVector, tally: Tally): void {
  const message = `test ${vector.tcId}`;
  const secret = provider.secret(fromHex(vector.key));
  const data = fromHex(vector.msg);
  const tag = fromHex(vector.tag);
  const valid = vector.result === 'valid';

  if (vector.key.length !== 64) {
    refuses('badArgument', () => provider.macKey(Algorithm.HMAC_256_256, secret), message);
    tally.refused++;
    return;
  }
  const key = provider.macKey(Algorithm.HMAC_256_256, secret);
  assert.is(equalBytes(key.compute(data).subarray(0, tag.length), tag), valid, message);
  assert.is(key.verify(data, tag), valid && tag.length === 32, message);
  if (valid)
    checkTruncated(provider.macKey(Algorithm.HMAC_256_64, secret), data, tag.subarray(0, 8), message);
  tally.checked++;
}

function checkTruncated(key: MacKey, data: Uint8Array, tag: Uint8Array, message: string): void {
  assert.ok(equalBytes(key.compute(data), tag), message);
  assert.ok(key.verify(data, tag), message);
}

function checkHkdf(provider: CryptoProvider, vector: HkdfVector, tally: Tally): void {
  const message = `test ${vector.tcId}`;
  const hash = Algorithm.SHA_256;
  const secret = provider.secret(fromHex(vector.ikm));
  const pseudorandomKey = provider.extract(hash, fromHex(vector.salt), secret);
  const derive = () => provider.expand(hash, pseudorandomKey, fromHex(vector.info), vector.size);
  if (vector.result === 'valid') assert.ok(equalBytes(derive(), fromHex(vector.okm)), message);
  else refuses('badArgument', derive, message);
  tally.checked++;
}
