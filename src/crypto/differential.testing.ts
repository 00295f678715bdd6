// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { type Below, createBelow } from '../bytes/random.testing.ts';
import { Algorithm, algorithmParameters } from './algorithms.ts';
import { Curve, SignatureAlgorithm } from './curves.ts';
import type { CryptoProvider, PrivateKey, Secret } from './provider.ts';

/** There in Node and in our XS host alike. */
declare const console: { log(line: string): void };

export interface DifferentialOptions {
  readonly cases: number;
  readonly curveCases: number;
  /** Bytes of the longest argument. */
  readonly maxLength: number;
  /** Where the signatures of both depend on nothing random: they are compared. */
  readonly comparesSignatures: boolean;
}

interface Prng {
  readonly below: Below;
  bytes(length: number): Uint8Array;
}

const SEED = 0x0a11ce;

/** Random arguments, the same in every run, must give the same bytes from two providers. */
export function runDifferentialTests(
  ours: CryptoProvider,
  theirs: CryptoProvider,
  options: DifferentialOptions,
): void {
  const differential = suite(`${ours.name} and ${theirs.name}`);
  const { cases, curveCases, maxLength, comparesSignatures } = options;

  differential('agree on all algorithms', () => {
    assert.ok(cases > 0);
    const algorithms = Object.values(Algorithm);
    for (let i = 0; i < cases; i++) {
      const algorithm = algorithms[i % algorithms.length]!;
      const outputs = [ours, theirs].map((provider) =>
        symmetricOutput(provider, algorithm, createPrng(SEED + i), maxLength),
      );
      assert.is(outputs[0], outputs[1], `case ${i}, algorithm ${algorithm}`);
    }
    report(ours, theirs, 'symmetric', cases);
  });

  differential('agree on keys, shared secrets and signatures', () => {
    assert.ok(curveCases > 0);
    for (let i = 0; i < curveCases; i++) {
      const seed = SEED + i;
      assert.is(agreed(ours, createPrng(seed)), agreed(theirs, createPrng(seed)), `case ${i}`);
      const signatures = [
        signed(ours, theirs, createPrng(seed), maxLength),
        signed(theirs, ours, createPrng(seed), maxLength),
      ];
      if (comparesSignatures) assert.is(signatures[0], signatures[1], `case ${i}`);
    }
    report(ours, theirs, 'curves', curveCases);
  });

  differential.run();
}

function report(ours: CryptoProvider, theirs: CryptoProvider, what: string, cases: number): void {
  console.log(`  ${ours.name} and ${theirs.name}, ${what}: ${cases} of ${cases} random cases`);
}

function createPrng(seed: number): Prng {
  const below = createBelow(seed);
  return { below, bytes: (length) => new Uint8Array(length).map(() => below(256)) };
}

/** One case's output. The arguments are drawn the same for both providers. */
function symmetricOutput(provider: CryptoProvider, algorithm: number, prng: Prng, maxLength: number): string {
  const draw = () => prng.bytes(prng.below(maxLength + 1));
  const parameters = algorithmParameters(algorithm)!;
  if (parameters.kind === 'hash') return toHex(provider.hash(algorithm, draw())) + derived(provider, draw);
  const secret = provider.secret(prng.bytes(parameters.keyLength));
  if (parameters.kind === 'mac') return macOnce(provider, algorithm, secret, draw());
  const key = provider.aeadKey(algorithm, secret);
  const [nonce, aad, plaintext] = [prng.bytes(parameters.nonceLength), draw(), draw()];
  const sealed = key.seal(nonce, aad, plaintext);
  const wrapped = wrappedOnce(provider, algorithm, secret, nonce, aad, prng);
  assert.is(toHex(key.open(nonce, aad, sealed)!), toHex(plaintext));
  const forged = sealed.slice();
  forged[prng.below(sealed.length)]! ^= 1 << prng.below(8);
  assert.is(key.open(nonce, aad, forged), undefined);
  key.wipe();
  return toHex(sealed) + wrapped;
}

/** A key behind data, and a private key: what opens again wraps to the same bytes. */
function wrappedOnce(
  provider: CryptoProvider,
  algorithm: number,
  kek: Secret,
  nonce: Uint8Array,
  aad: Uint8Array,
  prng: Prng,
): string {
  const data = prng.bytes(prng.below(64));
  const wrapped = provider.wrap(
    algorithm,
    kek,
    nonce,
    aad,
    provider.secret(prng.bytes(1 + prng.below(64))),
    data,
  );
  const opened = new Uint8Array(data.length);
  const again = provider.unwrap(algorithm, kek, nonce, aad, wrapped, opened)!;
  assert.is(toHex(provider.wrap(algorithm, kek, nonce, aad, again, opened)), toHex(wrapped));
  return toHex(wrapped);
}

function macOnce(
  provider: CryptoProvider,
  algorithm: number,
  secret: ReturnType<CryptoProvider['secret']>,
  data: Uint8Array,
): string {
  const key = provider.macKey(algorithm, secret);
  const tag = key.compute(data);
  assert.ok(key.verify(data, tag));
  key.wipe();
  return toHex(tag);
}

/** Bytes that are shown, and a MAC under those that are not. */
function derived(provider: CryptoProvider, draw: () => Uint8Array): string {
  const hash = Algorithm.SHA_256;
  const pseudorandomKey = provider.extract(hash, draw(), provider.secret(draw()));
  const [info, length] = [draw(), 1 + draw().length];
  const hidden = provider.expandSecret(hash, pseudorandomKey, info, length);
  const fingerprint = provider.extract(hash, info, hidden);
  return [
    toHex(provider.expand(hash, pseudorandomKey, info, length)),
    toHex(provider.expand(hash, fingerprint, info, 32)),
  ].join();
}

/** Public keys of two private keys, one wrapped, and what their agreement with x ‖ y and with x alone derives. */
function agreed(provider: CryptoProvider, prng: Prng): string {
  return [Curve.P256, Curve.X25519].map((curve) => agreedOn(provider, curve, prng)).join();
}

function agreedOn(provider: CryptoProvider, curve: number, prng: Prng): string {
  const [own, peer] = [
    provider.privateKey(curve, prng.bytes(32)),
    provider.privateKey(curve, prng.bytes(32)),
  ];
  const shared = [peer.publicKey, peer.publicKey.subarray(0, 32)].map((publicKey) =>
    toHex(provider.expand(Algorithm.SHA_256, provider.agree(own, publicKey), new Uint8Array(0), 32)),
  );
  const shown = [
    toHex(own.publicKey),
    toHex(peer.publicKey),
    wrappedKey(provider, own, prng),
    ...shared,
  ].join();
  own.wipe();
  peer.wipe();
  return shown;
}

/** What opens again is the same key. X25519's bytes are not compared: a library may have clamped them. */
function wrappedKey(provider: CryptoProvider, key: PrivateKey, prng: Prng): string {
  const algorithm = Algorithm.AES_CCM_16_64_128;
  const kek = provider.secret(prng.bytes(16));
  const [nonce, aad] = [prng.bytes(13), prng.bytes(20)];
  const wrapped = provider.wrap(algorithm, kek, nonce, aad, key);
  const again = provider.unwrapPrivateKey(algorithm, kek, nonce, aad, key.curve, wrapped)!;
  assert.equal(again.publicKey, key.publicKey);
  again.wipe();
  return key.curve === Curve.P256 ? toHex(wrapped) : '';
}

/** What one signs the other verifies, and with a bit flipped does not. */
function signed(signer: CryptoProvider, verifier: CryptoProvider, prng: Prng, maxLength: number): string {
  const key = signer.privateKey(Curve.P256, prng.bytes(32));
  const message = prng.bytes(prng.below(maxLength + 1));
  const signature = signer.sign(SignatureAlgorithm.ES256, key, message);
  const verifies = (bytes: Uint8Array) =>
    verifier.verify(SignatureAlgorithm.ES256, key.publicKey, message, bytes);
  const forged = signature.slice();
  forged[prng.below(signature.length)]! ^= 1 << prng.below(8);
  assert.ok(verifies(signature));
  assert.not.ok(verifies(forged));
  key.wipe();
  return toHex(signature);
}
