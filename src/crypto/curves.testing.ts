// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { Algorithm } from './algorithms.ts';
import { flipBit, pattern, refuses } from './check.testing.ts';
import { Curve, curveParameters, SignatureAlgorithm } from './curves.ts';
import type { CryptoProvider, PrivateKey } from './provider.ts';

const AGREEING = [Curve.P256, Curve.X25519];
const SIGNATURES = [
  [SignatureAlgorithm.ES256, Curve.P256],
  [SignatureAlgorithm.EdDSA, Curve.Ed25519],
] as const;
/** n of FIPS 186-5. */
const P256_ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
const P384 = 2;
const ES384 = -35;

/** Known pairs: RFC 9529 section 2 (X), RFC 8032 section 7.1 (test 1), RFC 6979 appendix A.2.5. */
const PAIRS = [
  [
    Curve.X25519,
    '892ec28e5cb6669108470539500b705e60d008d347c5817ee9f3327c8a87bb03',
    '31f82c7b5b9cbbf0f194d913cc12ef1532d328ef32632a4881a1c0701e237f04',
  ],
  [
    Curve.Ed25519,
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  ],
  [
    Curve.P256,
    'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
    '60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6' +
      '7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
  ],
] as const;

/** Keys, agreement and signatures: what every provider refuses alike. `carried` are the provider's curves. */
export function runCurveTests(
  create: () => CryptoProvider,
  carried: readonly number[] = Object.values(Curve),
): void {
  const provider = create();
  const signing = SIGNATURES.filter(([, curve]) => carried.includes(curve));
  const curves = suite(`${provider.name} curves`);
  const message = pattern(40, 1);
  const pairs = new Map(carried.map((curve) => [curve, provider.generateKey(curve)]));

  curves('shows the public keys of known private keys', () => {
    for (const [curve, privateKey, publicKey] of PAIRS.filter(([curve]) => carried.includes(curve))) {
      assert.is(toHex(provider.privateKey(curve, fromHex(privateKey)).publicKey), publicKey);
    }
  });

  curves("generates keys that differ, with public keys of the curve's length", () => {
    for (const [curve, key] of pairs) {
      assert.ok(provider.supportsCurve(curve));
      assert.is(key.curve, curve);
      assert.is(key.publicKey.length, curveParameters(curve)!.publicKeyLength);
      assert.not.equal(provider.generateKey(curve).publicKey, key.publicKey);
    }
  });

  curves('agrees on the same secret from both ends', () => {
    for (const curve of AGREEING) {
      const [mine, theirs] = [pairs.get(curve)!, provider.generateKey(curve)];
      const here = fingerprint(provider, mine, theirs.publicKey);
      assert.is(here, fingerprint(provider, theirs, mine.publicKey));
      assert.is(here, fingerprint(provider, mine, theirs.publicKey.subarray(0, 32)));
      assert.is.not(here, fingerprint(provider, mine, mine.publicKey));
    }
  });

  curves('refuses public keys of another length', () => {
    for (const curve of AGREEING) {
      for (const length of [0, 31, 33, 63, 65]) {
        const publicKey = pattern(length, 1);
        refuses('publicKeyInvalid', () => provider.agree(pairs.get(curve)!, publicKey), `${length}`);
      }
    }
  });

  curves('refuses points off the curve and of low order', () => {
    const zeroX = new Uint8Array(32);
    const offCurve = pairs.get(Curve.P256)!.publicKey.slice();
    offCurve[63]! ^= 1;
    refuses('publicKeyInvalid', () => provider.agree(pairs.get(Curve.P256)!, offCurve));
    refuses('publicKeyInvalid', () => provider.agree(pairs.get(Curve.P256)!, new Uint8Array(64)));
    refuses('publicKeyInvalid', () => provider.agree(pairs.get(Curve.P256)!, new Uint8Array(32).fill(0xff)));
    refuses('publicKeyInvalid', () => provider.agree(pairs.get(Curve.X25519)!, zeroX));
    refuses('publicKeyInvalid', () =>
      provider.agree(pairs.get(Curve.X25519)!, Uint8Array.of(1, ...zeroX.subarray(1))),
    );
  });

  curves('finds the y of an x by its sign, on P-256 alone', () => {
    for (let count = 0; count < 8; count += 1) {
      const { publicKey } = provider.generateKey(Curve.P256);
      const x = publicKey.subarray(0, 32);
      const isOdd = (publicKey[63]! & 1) === 1;
      assert.is(toHex(provider.wholeKey(Curve.P256, x, isOdd)), toHex(publicKey));
      const other = provider.wholeKey(Curve.P256, x, !isOdd);
      assert.is(toHex(other.subarray(0, 32)), toHex(x));
      assert.is.not(other[63]! & 1, publicKey[63]! & 1);
      const own = pairs.get(Curve.P256)!;
      assert.is(fingerprint(provider, own, other), fingerprint(provider, own, publicKey));
    }
    for (const bytes of [new Uint8Array(32).fill(0xff), pattern(31, 1), pattern(64, 1)])
      refuses('publicKeyInvalid', () => provider.wholeKey(Curve.P256, bytes, true));
    // Of half of all x.
    const none = [...Array(64).keys()].filter((last) => {
      try {
        provider.wholeKey(Curve.P256, Uint8Array.of(...new Uint8Array(31), last), false);
        return false;
      } catch {
        return true;
      }
    });
    assert.is(none.length, 33);
    refuses('unsupportedAlgorithm', () => provider.wholeKey(Curve.X25519, pattern(32, 1), false));
  });

  curves('verifies what it signed, and no bit less', () => {
    for (const [algorithm, curve] of signing) {
      const key = pairs.get(curve)!;
      const signature = provider.sign(algorithm, key, message);
      const verifies = (publicKey: Uint8Array, text: Uint8Array, signed: Uint8Array) =>
        provider.verify(algorithm, publicKey, text, signed);
      assert.is(signature.length, 64);
      assert.ok(verifies(key.publicKey, message, signature));
      assert.not.ok(verifies(key.publicKey, flipBit(message, 17), signature));
      assert.not.ok(verifies(flipBit(key.publicKey, 9), message, signature));
      for (const bit of [0, 255, 256, 511]) {
        assert.not.ok(verifies(key.publicKey, message, flipBit(signature, bit)), `${bit}`);
      }
    }
  });

  curves('does not verify signatures or public keys of another length', () => {
    for (const [algorithm, curve] of signing) {
      const { publicKey } = pairs.get(curve)!;
      const signature = provider.sign(algorithm, pairs.get(curve)!, message);
      assert.not.ok(provider.verify(algorithm, publicKey, message, signature.subarray(1)));
      assert.not.ok(provider.verify(algorithm, publicKey.subarray(1), message, signature));
      assert.not.ok(provider.verify(algorithm, new Uint8Array(0), message, new Uint8Array(0)));
    }
  });

  curves('refuses private keys out of range or of another length', () => {
    const order = fromHex(P256_ORDER);
    refuses('badArgument', () => provider.privateKey(Curve.P256, new Uint8Array(32)));
    refuses('badArgument', () => provider.privateKey(Curve.P256, order));
    for (const at of [7, 16, 31]) {
      const above = order.slice();
      above[at]! += 1;
      refuses('badArgument', () => provider.privateKey(Curve.P256, above));
    }
    refuses('badArgument', () => provider.privateKey(Curve.P256, new Uint8Array(32).fill(0xff)));
    for (const curve of carried) {
      refuses('badArgument', () => provider.privateKey(curve, order.subarray(1)));
      refuses('badArgument', () => provider.privateKey(curve, pattern(33, 1)));
    }
  });

  curves('takes the largest private key of P-256', () => {
    const largest = fromHex(P256_ORDER);
    largest[31]! -= 1;
    assert.is(provider.privateKey(Curve.P256, largest).publicKey.length, 64);
    const inLargerMemory = new Uint8Array(40).fill(0xff);
    inLargerMemory.set(largest, 5);
    assert.is(provider.privateKey(Curve.P256, inLargerMemory.subarray(5, 37)).publicKey.length, 64);
  });

  curves('refuses what a key is not for', () => {
    const [p256, x25519] = AGREEING.map((curve) => pairs.get(curve)!);
    const ed25519 = pairs.get(Curve.Ed25519);
    refuses('badArgument', () => provider.sign(SignatureAlgorithm.ES256, x25519!, message));
    refuses('badArgument', () => provider.sign(SignatureAlgorithm.EdDSA, x25519!, message));
    refuses('badArgument', () => provider.sign(SignatureAlgorithm.EdDSA, p256!, message));
    if (ed25519 === undefined) return;
    refuses('badArgument', () => provider.agree(ed25519, x25519!.publicKey));
    refuses('badArgument', () => provider.sign(SignatureAlgorithm.ES256, ed25519, message));
  });

  curves('refuses curves and algorithms it does not carry', () => {
    const key = pairs.get(Curve.P256)!;
    for (const curve of [P384, ...Object.values(Curve).filter((known) => !carried.includes(known))]) {
      assert.not.ok(provider.supportsCurve(curve));
      refuses('unsupportedAlgorithm', () => provider.generateKey(curve));
      refuses('unsupportedAlgorithm', () => provider.privateKey(curve, pattern(32, 1)));
    }
    refuses('unsupportedAlgorithm', () => provider.sign(ES384, key, message));
    refuses('unsupportedAlgorithm', () => provider.verify(ES384, key.publicKey, message, message));
  });

  curves('refuses keys that were wiped, and those of another provider', () => {
    for (const curve of carried) {
      const [wiped, other] = [provider.generateKey(curve), create().generateKey(curve)];
      const publicKey = pairs.get(curve)!.publicKey;
      const algorithm = SIGNATURES.find((signature) => signature[1] === curve)?.[0];
      wiped.wipe();
      wiped.wipe();
      refuses('keyWiped', () => useKey(provider, wiped, publicKey, algorithm));
      refuses('badArgument', () => useKey(provider, other, publicKey, algorithm));
    }
  });

  curves('keeps its own copy of an imported private key', () => {
    const bytes = pattern(32, 7);
    const key = provider.privateKey(Curve.X25519, bytes);
    const before = fingerprint(provider, key, pairs.get(Curve.X25519)!.publicKey);
    bytes.fill(0);
    assert.is(fingerprint(provider, key, pairs.get(Curve.X25519)!.publicKey), before);
  });

  curves.run();
}

function useKey(
  provider: CryptoProvider,
  key: PrivateKey,
  publicKey: Uint8Array,
  algorithm: number | undefined,
): void {
  if (algorithm === undefined) provider.agree(key, publicKey);
  else provider.sign(algorithm, key, publicKey);
}

/** Handles do not show their bytes: two that yield one MAC hold the same. */
function fingerprint(provider: CryptoProvider, key: PrivateKey, publicKey: Uint8Array): string {
  const secret = provider.agree(key, publicKey);
  return toHex(provider.macKey(Algorithm.HMAC_256_256, secret).compute(new Uint8Array(1)));
}
