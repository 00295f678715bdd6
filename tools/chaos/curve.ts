// SPDX-License-Identifier: Apache-2.0

/**
 * P-256 of Node's older interface, in place of KeyObjects: they take five times as long to read a key. What one end
 * has computed is not computed again by the other.
 */
import { createECDH, type ECDH } from 'node:crypto';
import { toHex } from '../../src/bytes/hex.ts';
import { Curve } from '../../src/crypto/curves.ts';
import type { AsymmetricProvider, CryptoProvider, PrivateKey } from '../../src/crypto/provider.ts';
import { refuse } from '../../src/refusal.ts';

const PRIVATE_BYTES = 32;
const X_BYTES = 32;
/** SEC 1 section 2.3.3: what stands before x alone, whose y does not matter, and before x and y. */
const EVEN = 0x02;
const WHOLE = 0x04;

type Agreeing = Pick<AsymmetricProvider, 'generateKey' | 'privateKey' | 'agree'>;

/** The x of shared points, by what both public keys say of themselves. */
export type SharedPoints = Map<string, Uint8Array | undefined>;

const MAX_SHARED = 256;

/** Key agreement whose keys come from `fillRandom`, and secrets into `node`. */
export function p256Agreement(
  node: CryptoProvider,
  fillRandom: (target: Uint8Array) => void,
  shared: SharedPoints,
): Agreeing {
  const known = new WeakMap<PrivateKey, ECDH>();

  function privateKey(curve: number, bytes: Uint8Array): PrivateKey {
    if (curve !== Curve.P256) return refuse('unsupportedAlgorithm');
    const ecdh = createECDH('prime256v1');
    ecdh.setPrivateKey(bytes);
    const publicKey = new Uint8Array(ecdh.getPublicKey()).subarray(1);
    const key: PrivateKey = { curve, publicKey, wipe: () => void known.delete(key) };
    known.set(key, ecdh);
    return key;
  }

  return {
    privateKey,
    generateKey(curve) {
      const bytes = new Uint8Array(PRIVATE_BYTES);
      fillRandom(bytes);
      return privateKey(curve, bytes);
    },
    agree(key, publicKey) {
      const ecdh = known.get(key) ?? refuse('keyWiped');
      return node.secret(agreed(ecdh, key.publicKey, publicKey) ?? refuse('publicKeyInvalid'));
    },
  };

  function agreed(ecdh: ECDH, own: Uint8Array, other: Uint8Array): Uint8Array | undefined {
    const name = [own, other]
      .map((key) => toHex(key.subarray(0, X_BYTES)))
      .sort()
      .join();
    // Whole points are those of credentials, which nobody alters here: x says it all.
    if (shared.has(name)) return shared.get(name);
    const x = sharedX(ecdh, other);
    shared.set(name, x);
    if (shared.size > MAX_SHARED) shared.delete(shared.keys().next().value!);
    return x;
  }
}

/** undefined where the point is not on the curve. */
function sharedX(ecdh: ECDH, publicKey: Uint8Array): Uint8Array | undefined {
  try {
    return ecdh.computeSecret(Uint8Array.of(publicKey.length === X_BYTES ? EVEN : WHOLE, ...publicKey));
  } catch {
    return undefined;
  }
}
