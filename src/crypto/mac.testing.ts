// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Algorithm, algorithmParameters, type MacParameters } from './algorithms.ts';
import { flipBit, pattern, refuses } from './check.testing.ts';
import type { CryptoProvider } from './provider.ts';

/** What every MAC of a provider does and refuses. Values are in the Wycheproof vectors. */
export function runMacTests(create: () => CryptoProvider): void {
  for (const algorithm of [Algorithm.HMAC_256_64, Algorithm.HMAC_256_256])
    runAlgorithmTests(create, algorithm);
}

function runAlgorithmTests(create: () => CryptoProvider, algorithm: number): void {
  const provider = create();
  const { name, keyLength, tagLength } = algorithmParameters(algorithm) as MacParameters;
  const macTests = suite(`${provider.name} ${name}`);
  const key = provider.macKey(algorithm, provider.secret(pattern(keyLength, 1)));
  const data = pattern(70, 2);
  const tag = key.compute(data);

  macTests('truncates to the length of the algorithm', () => {
    assert.ok(provider.supports(algorithm));
    assert.is(tag.length, tagLength);
  });

  macTests('verifies its tag, again and again', () => {
    for (let i = 0; i < 3; i++) assert.ok(key.verify(data, tag));
  });

  macTests('does not verify a tag with any one bit flipped', () => {
    for (let bit = 0; bit < 8 * tagLength; bit++)
      assert.not(key.verify(data, flipBit(tag, bit)), `bit ${bit}`);
  });

  macTests('does not verify a tag of another length', () => {
    for (let length = 0; length < tagLength; length++) {
      assert.not(key.verify(data, tag.subarray(0, length)), `${length} bytes`);
    }
    assert.not(key.verify(data, Uint8Array.of(...tag, 0)));
  });

  macTests('refuses a key of any other length', () => {
    for (const length of [0, 16, keyLength - 1, keyLength + 1, 64]) {
      const secret = provider.secret(pattern(length, 1));
      refuses('badArgument', () => provider.macKey(algorithm, secret), `${length} bytes`);
    }
  });

  macTests('outlives its secret, and refuses once wiped itself', () => {
    const secret = provider.secret(pattern(keyLength, 1));
    const bound = provider.macKey(algorithm, secret);
    secret.wipe();
    assert.equal(bound.compute(data), tag);
    bound.wipe();
    bound.wipe();
    refuses('keyWiped', () => bound.compute(data));
    refuses('keyWiped', () => bound.verify(data, tag));
  });

  macTests('binds no secret to an AEAD or a hash', () => {
    const secret = provider.secret(pattern(keyLength, 1));
    for (const other of [0, Algorithm.CHACHA20_POLY1305, Algorithm.SHA_256]) {
      refuses('unsupportedAlgorithm', () => provider.macKey(other, secret), `${other}`);
    }
  });

  macTests.run();
}
