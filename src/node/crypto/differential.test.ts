// SPDX-License-Identifier: Apache-2.0

import { randomFillSync } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Algorithm, algorithmParameters } from '../../crypto/algorithms.ts';
import { createNobleProvider } from '../../crypto/noble/provider.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import { createNodeProvider } from './provider.ts';

const CASES = 2000;
const MAX_LENGTH = 600;
const SEED = 0x0a11ce;

const differential = suite('noble and node:crypto');
const noble = createNobleProvider((target) => {
  randomFillSync(target);
});
const node = createNodeProvider();

/** xorshift32: the same cases in every run. */
function createPrng(seed: number): { below(limit: number): number; bytes(length: number): Uint8Array } {
  let state = seed;
  function below(limit: number): number {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  }
  return { below, bytes: (length) => new Uint8Array(length).map(() => below(256)) };
}

/** One case's outputs. The arguments are drawn the same for both providers. */
function outputs(provider: CryptoProvider, algorithm: number, seed: number): unknown[] {
  const prng = createPrng(seed);
  const draw = () => prng.bytes(prng.below(MAX_LENGTH + 1));
  const parameters = algorithmParameters(algorithm)!;
  if (parameters.kind === 'hash') return [provider.hash(algorithm, draw()), ...derived(provider, draw)];
  const secret = provider.secret(prng.bytes(parameters.keyLength));
  if (parameters.kind === 'mac') return [provider.macKey(algorithm, secret).compute(draw())];
  const key = provider.aeadKey(algorithm, secret);
  const [nonce, aad, plaintext] = [prng.bytes(parameters.nonceLength), draw(), draw()];
  const sealed = key.seal(nonce, aad, plaintext);
  assert.equal(key.open(nonce, aad, sealed), plaintext);
  const forged = sealed.slice();
  forged[prng.below(sealed.length)]! ^= 1 << prng.below(8);
  assert.is(key.open(nonce, aad, forged), undefined);
  return [sealed];
}

function derived(provider: CryptoProvider, draw: () => Uint8Array): unknown[] {
  const hash = Algorithm.SHA_256;
  const pseudorandomKey = provider.extract(hash, draw(), provider.secret(draw()));
  const info = draw();
  return [provider.expand(hash, pseudorandomKey, info, 1 + draw().length)];
}

differential(`agree on ${CASES} random cases over all algorithms`, () => {
  const algorithms = Object.values(Algorithm);
  for (let i = 0; i < CASES; i++) {
    const algorithm = algorithms[i % algorithms.length]!;
    const [ours, theirs] = [noble, node].map((provider) => outputs(provider, algorithm, SEED + i));
    assert.equal(ours, theirs, `case ${i}, algorithm ${algorithm}`);
  }
});

differential.run();
