// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { Algorithm } from './algorithms.ts';
import { pattern, refuses } from './check.testing.ts';
import type { CryptoProvider } from './provider.ts';

const { SHA_256, HMAC_256_256 } = Algorithm;
const SHA_512 = -44;

/** FIPS 180-4 examples, with the empty message. */
const SHA_256_EXAMPLES = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
] as const;

/** Hash, HKDF and randomness. HKDF's values are in the Wycheproof vectors. */
export function runKeyDerivationTests(create: () => CryptoProvider): void {
  const provider = create();
  const derivation = suite(`${provider.name} derivation`);
  const info = pattern(10, 1);
  const key = provider.extract(SHA_256, pattern(8, 2), provider.secret(pattern(16, 3)));

  derivation('hashes the examples of FIPS 180-4', () => {
    for (const [text, digest] of SHA_256_EXAMPLES) {
      const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
      assert.is(toHex(provider.hash(SHA_256, bytes)), digest);
    }
  });

  derivation('expands to a secret that holds the bytes it expands to', () => {
    const visible = provider.secret(provider.expand(SHA_256, key, info, 32));
    const hidden = provider.expandSecret(SHA_256, key, info, 32);
    const [expected, computed] = [visible, hidden].map((secret) =>
      provider.macKey(HMAC_256_256, secret).compute(info),
    );
    assert.equal(computed, expected);
  });

  derivation('refuses any other hash', () => {
    refuses('unsupportedAlgorithm', () => provider.hash(SHA_512, info));
    refuses('unsupportedAlgorithm', () => provider.extract(SHA_512, info, key));
    refuses('unsupportedAlgorithm', () => provider.expand(SHA_512, key, info, 32));
    refuses('unsupportedAlgorithm', () => provider.expandSecret(HMAC_256_256, key, info, 32));
  });

  derivation('refuses lengths that HKDF-Expand does not give', () => {
    for (const length of [-1, 0, 1.5, Number.NaN, 255 * 32 + 1]) {
      refuses('badArgument', () => provider.expand(SHA_256, key, info, length), `${length}`);
      refuses('badArgument', () => provider.expandSecret(SHA_256, key, info, length), `${length}`);
    }
  });

  derivation('refuses a pseudorandom key shorter than the hash', () => {
    const short = provider.secret(pattern(31, 4));
    refuses('badArgument', () => provider.expand(SHA_256, short, info, 32));
  });

  derivation('refuses secrets that were wiped', () => {
    const wiped = provider.secret(pattern(32, 5));
    wiped.wipe();
    refuses('keyWiped', () => provider.extract(SHA_256, info, wiped));
    refuses('keyWiped', () => provider.expand(SHA_256, wiped, info, 32));
  });

  derivation('fills all of a target with bytes that change', () => {
    const [first, second] = [new Uint8Array(64), new Uint8Array(64)];
    provider.fillRandom(first);
    provider.fillRandom(second);
    for (const half of [0, 32]) {
      assert.not.equal(first.subarray(half, half + 32), second.subarray(half, half + 32));
    }
  });

  derivation.run();
}
