// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import p256Agreement from '../../tools/vectors/wycheproof/ecdh_secp256r1_ecpoint_test.json';
import p256Signature from '../../tools/vectors/wycheproof/ecdsa_secp256r1_sha256_p1363_test.json';
import ed25519Signature from '../../tools/vectors/wycheproof/ed25519_test.json';
import x25519Agreement from '../../tools/vectors/wycheproof/x25519_test.json';
import { fromHex, toHex } from '../bytes/hex.ts';
import { Refusal } from '../refusal.ts';
import { Algorithm } from './algorithms.ts';
import { Curve, SignatureAlgorithm } from './curves.ts';
import type { CryptoProvider, Secret } from './provider.ts';

/** There in Node and in our XS host alike. */
declare const console: { log(line: string): void };

interface AgreementVector {
  readonly tcId: number;
  readonly public: string;
  readonly private: string;
  readonly shared: string;
  readonly result: string;
  readonly flags: readonly string[];
}

interface SignatureVector {
  readonly tcId: number;
  readonly msg: string;
  readonly sig: string;
  readonly result: string;
}

/** Expected outcomes per file, over all its vectors. */
const COUNTS = Object.freeze({
  x25519: Object.freeze({ agreed: 487, refused: 31 }),
  p256: Object.freeze({ agreed: 331, refused: 24 }),
  ES256: Object.freeze({ verified: 173, refused: 89 }),
  EdDSA: Object.freeze({ verified: 88, refused: 63 }),
});

/**
 * Wycheproof's curve files. `stride` 1 takes every vector; a slower engine takes every n-th. The numbers
 * are printed, and asserted where all are taken. A provider may lack Ed25519.
 */
export function runCurveVectorTests(create: () => CryptoProvider, stride: number): void {
  const provider = create();
  const vectors = suite(`${provider.name} curves, Wycheproof`);

  vectors('X25519: agrees as the vectors do, and refuses what leads to zero', () => {
    const cases = every(stride, x25519Agreement.testGroups);
    const tally = { agreed: 0, refused: 0 };
    for (const vector of cases) {
      const isRefused = vector.flags.includes('ZeroSharedSecret');
      const outcome = agreement(provider, Curve.X25519, vector.private, fromHex(vector.public));
      assert.is(
        outcome,
        isRefused ? 'publicKeyInvalid' : fingerprint(provider, vector.shared),
        `${vector.tcId}`,
      );
      tally[isRefused ? 'refused' : 'agreed'] += 1;
    }
    report(provider, stride, 'x25519', tally);
  });

  vectors('P-256: agrees with x ‖ y and with x alone, and refuses what is off the curve', () => {
    const cases = every(stride, p256Agreement.testGroups);
    const tally = { agreed: 0, refused: 0 };
    for (const vector of cases) {
      const isRefused = vector.result === 'invalid';
      const expected = isRefused ? 'publicKeyInvalid' : fingerprint(provider, vector.shared);
      // The first byte is SEC 1's form: 04 x ‖ y, 02 and 03 x alone.
      const point = fromHex(vector.public.slice(2));
      const key = vector.private.padStart(64, '0').slice(-64);
      assert.is(agreement(provider, Curve.P256, key, point), expected, `${vector.tcId}`);
      if (!isRefused) {
        assert.is(agreement(provider, Curve.P256, key, point.subarray(0, 32)), expected, `${vector.tcId} x`);
      }
      tally[isRefused ? 'refused' : 'agreed'] += 1;
    }
    report(provider, stride, 'p256', tally);
  });

  vectors('ES256: verifies r ‖ s, with a high s too', () => {
    const groups = p256Signature.testGroups.map(({ publicKey, tests }) => ({
      publicKey: publicKey.uncompressed.slice(2),
      tests,
    }));
    report(provider, stride, 'ES256', verifyAll(provider, SignatureAlgorithm.ES256, groups, stride));
  });

  if (provider.supportsCurve(Curve.Ed25519))
    vectors('EdDSA: verifies Ed25519 signatures', () => {
      const groups = ed25519Signature.testGroups.map(({ publicKey, tests }) => ({
        publicKey: publicKey.pk,
        tests,
      }));
      report(provider, stride, 'EdDSA', verifyAll(provider, SignatureAlgorithm.EdDSA, groups, stride));
    });

  vectors.run();
}

function every(stride: number, groups: readonly { tests: AgreementVector[] }[]): AgreementVector[] {
  return groups.flatMap(({ tests }) => tests).filter((_, i) => i % stride === 0);
}

function verifyAll(
  provider: CryptoProvider,
  algorithm: number,
  groups: readonly { publicKey: string; tests: readonly SignatureVector[] }[],
  stride: number,
): { verified: number; refused: number } {
  const tally = { verified: 0, refused: 0 };
  const cases = groups.flatMap(({ publicKey, tests }) => tests.map((vector) => ({ publicKey, vector })));
  for (const { publicKey, vector } of cases.filter((_, i) => i % stride === 0)) {
    const isValid = vector.result === 'valid';
    const verified = provider.verify(algorithm, fromHex(publicKey), fromHex(vector.msg), fromHex(vector.sig));
    assert.is(verified, isValid, `${vector.tcId}`);
    tally[isValid ? 'verified' : 'refused'] += 1;
  }
  return tally;
}

/** Returns a fingerprint of the shared secret, or why there is none. */
function agreement(provider: CryptoProvider, curve: number, key: string, publicKey: Uint8Array): string {
  try {
    return macUnder(provider, provider.agree(provider.privateKey(curve, fromHex(key)), publicKey));
  } catch (error) {
    if (error instanceof Refusal) return error.reasonName;
    throw error;
  }
}

function fingerprint(provider: CryptoProvider, shared: string): string {
  return macUnder(provider, provider.secret(fromHex(shared)));
}

/** Handles do not show their bytes: two that yield one MAC hold the same. */
function macUnder(provider: CryptoProvider, secret: Secret): string {
  return toHex(provider.macKey(Algorithm.HMAC_256_256, secret).compute(new Uint8Array(1)));
}

function report(
  provider: CryptoProvider,
  stride: number,
  file: keyof typeof COUNTS,
  tally: Readonly<Record<string, number>>,
): void {
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
  const total = sum(COUNTS[file]);
  console.log(`  ${provider.name} ${file}: ${sum(tally)} of ${total}, ${tally.refused} to be refused`);
  assert.is(sum(tally), Math.ceil(total / stride));
  if (stride === 1) assert.equal(tally, COUNTS[file]);
  else for (const [outcome, count] of Object.entries(tally)) assert.ok(count > 0, outcome);
}
