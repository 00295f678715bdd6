// SPDX-License-Identifier: Apache-2.0

import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { concatBytes } from '../../bytes/compare.ts';
import { isPrivateKey } from '../asymmetric.ts';
import type { BackendCurve, BackendPrivateKey } from '../backend-curve.ts';
import { Curve } from '../curves.ts';

/** noble's curves, without the tables that its base points build on first use (hundreds of kilobytes). */
export const NOBLE_CURVES = Object.freeze({
  __proto__: null,
  [Curve.P256]: Object.freeze({
    ...importing(Curve.P256, importP256),
    decompress: decompressP256,
    verify: verifyP256,
  }),
  [Curve.X25519]: Object.freeze(importing(Curve.X25519, importX25519)),
  [Curve.Ed25519]: Object.freeze({ ...importing(Curve.Ed25519, importEd25519), verify: verifyEd25519 }),
} as Readonly<Record<number, BackendCurve<Uint8Array>>>);

const COORDINATE_LENGTH = 32;
/** First bytes of a point (SEC 1 section 2.3.3). Either y of an x leads to the same shared x. */
const COMPRESSED_EVEN = 2;
const UNCOMPRESSED = 4;

/** Key material is bytes here. */
function importing(
  curve: number,
  importPrivate: (bytes: Uint8Array) => BackendPrivateKey<Uint8Array>,
): Pick<BackendCurve<Uint8Array>, 'importPrivate' | 'importMaterial'> {
  return {
    importPrivate,
    importMaterial: (bytes) => (isPrivateKey(curve, bytes) ? importPrivate(bytes) : undefined),
  };
}

function importP256(bytes: Uint8Array): BackendPrivateKey<Uint8Array> {
  p256.Point.BASE.precompute(1);
  const key = bytes.slice();
  return Object.freeze({
    publicKey: p256.getPublicKey(key, false).slice(1),
    agree: (publicKey: Uint8Array) => xOfProduct(key, publicKey),
    sign: (message: Uint8Array) => p256.sign(message, key, { lowS: false }),
    copy: () => key.slice(),
    wipe: () => wipe(key),
  });
}

function xOfProduct(key: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
  try {
    return p256.getSharedSecret(key, sec1Point(publicKey)).slice(1);
  } catch {
    return undefined;
  }
}

function decompressP256(x: Uint8Array, isOdd: boolean): Uint8Array | undefined {
  try {
    const compressed = concatBytes(Uint8Array.of(COMPRESSED_EVEN + (isOdd ? 1 : 0)), x);
    return p256.Point.fromBytes(compressed).toBytes(false).slice(1);
  } catch {
    return undefined;
  }
}

function sec1Point(publicKey: Uint8Array): Uint8Array {
  const prefix = publicKey.length === COORDINATE_LENGTH ? COMPRESSED_EVEN : UNCOMPRESSED;
  return concatBytes(Uint8Array.of(prefix), publicKey);
}

/** COSE does not ask for the lower s (RFC 9053 section 2.1). */
function verifyP256(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  p256.Point.BASE.precompute(1);
  return p256.verify(signature, message, sec1Point(publicKey), { lowS: false });
}

function importX25519(bytes: Uint8Array): BackendPrivateKey<Uint8Array> {
  const key = bytes.slice();
  return Object.freeze({
    // noble's getPublicKey is for Edwards tables: without them the ladder is faster.
    publicKey: x25519.getSharedSecret(key, x25519.GuBytes),
    agree(publicKey: Uint8Array): Uint8Array | undefined {
      // It throws where the product is zero.
      try {
        return x25519.getSharedSecret(key, publicKey);
      } catch {
        return undefined;
      }
    },
    copy: () => key.slice(),
    wipe: () => wipe(key),
  });
}

function importEd25519(bytes: Uint8Array): BackendPrivateKey<Uint8Array> {
  ed25519.Point.BASE.precompute(1);
  const key = bytes.slice();
  return Object.freeze({
    publicKey: ed25519.getPublicKey(key),
    sign: (message: Uint8Array) => ed25519.sign(message, key),
    copy: () => key.slice(),
    wipe: () => wipe(key),
  });
}

/** RFC 8032's strict decoding, not ZIP 215's. */
function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  ed25519.Point.BASE.precompute(1);
  return ed25519.verify(signature, message, publicKey, { zip215: false });
}

function wipe(key: Uint8Array): void {
  key.fill(0);
}
