// SPDX-License-Identifier: Apache-2.0

import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  ECDH,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { concatBytes } from '../../bytes/compare.ts';
import { fromHex } from '../../bytes/hex.ts';
import { isPrivateKey } from '../../crypto/asymmetric.ts';
import type { BackendCurve, BackendPrivateKey } from '../../crypto/backend-curve.ts';
import { Curve } from '../../crypto/curves.ts';

/** The DER that surrounds raw keys: PrivateKeyInfo and SubjectPublicKeyInfo (RFC 5915, RFC 8410). */
const DER = Object.freeze({
  p256Private: '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420',
  p256Whole: '3059301306072a8648ce3d020106082a8648ce3d03010703420004',
  /** A compressed point with an even y: either y of an x leads to the same shared x. */
  p256XOnly: '3039301306072a8648ce3d020106082a8648ce3d03010703220002',
  x25519Private: '302e020100300506032b656e04220420',
  x25519Public: '302a300506032b656e032100',
  ed25519Private: '302e020100300506032b657004220420',
  ed25519Public: '302a300506032b6570032100',
});

/** node:crypto's curves. Private keys lie in OpenSSL's memory, behind KeyObjects. */
export const NODE_CURVES = Object.freeze({
  __proto__: null,
  [Curve.P256]: Object.freeze({
    ...importing(Curve.P256, (bytes) => {
      const key = privateKey(DER.p256Private, bytes);
      return { ...agreement(key, 64, p256Public), ...signer(key, 'sha256') };
    }),
    decompress: decompressP256,
    verify: verifier('sha256', p256Public),
  }),
  [Curve.X25519]: Object.freeze({
    ...importing(Curve.X25519, (bytes) =>
      agreement(privateKey(DER.x25519Private, bytes), 32, (raw) => publicKey(DER.x25519Public, raw)),
    ),
  }),
  [Curve.Ed25519]: Object.freeze({
    ...importing(Curve.Ed25519, (bytes) => {
      const key = privateKey(DER.ed25519Private, bytes);
      return { publicKey: rawPublic(key, 32), ...signer(key, null), wipe };
    }),
    verify: verifier(null, (raw) => publicKey(DER.ed25519Public, raw)),
  }),
} as Readonly<Record<number, BackendCurve<KeyObject>>>);

type PrivateKeyWithoutCopy = Omit<BackendPrivateKey<KeyObject>, 'copy'>;

/** The bytes are kept beside what OpenSSL made of them, in its memory too. */
function importing(
  curve: number,
  create: (bytes: Uint8Array) => PrivateKeyWithoutCopy,
): Pick<BackendCurve<KeyObject>, 'importPrivate' | 'importMaterial'> {
  function importPrivate(bytes: Uint8Array): BackendPrivateKey<KeyObject> {
    const material = createSecretKey(bytes);
    return { ...create(bytes), copy: () => material };
  }

  function importMaterial(material: KeyObject): BackendPrivateKey<KeyObject> | undefined {
    const bytes = material.export();
    const key = isPrivateKey(curve, bytes) ? importPrivate(bytes) : undefined;
    bytes.fill(0);
    return key;
  }

  return { importPrivate, importMaterial };
}

type ReadPublic = (raw: Uint8Array) => KeyObject;

function agreement(key: KeyObject, publicLength: number, read: ReadPublic): PrivateKeyWithoutCopy {
  return {
    publicKey: rawPublic(key, publicLength),
    agree(raw) {
      try {
        // OpenSSL fails where the product is zero.
        return secretKey(diffieHellman({ privateKey: key, publicKey: read(raw) }));
      } catch {
        return undefined;
      }
    },
    wipe,
  };
}

function signer(key: KeyObject, hash: 'sha256' | null): Required<Pick<BackendPrivateKey<KeyObject>, 'sign'>> {
  return { sign: (message) => new Uint8Array(sign(hash, message, { key, dsaEncoding: 'ieee-p1363' })) };
}

function verifier(hash: 'sha256' | null, read: ReadPublic): Required<BackendCurve<KeyObject>>['verify'] {
  return (raw, message, signature) => {
    try {
      return verify(hash, message, { key: read(raw), dsaEncoding: 'ieee-p1363' }, signature);
    } catch {
      return false;
    }
  };
}

function p256Public(raw: Uint8Array): KeyObject {
  return publicKey(raw.length === 32 ? DER.p256XOnly : DER.p256Whole, raw);
}

function decompressP256(x: Uint8Array, isOdd: boolean): Uint8Array | undefined {
  const compressed = concatBytes(Uint8Array.of(isOdd ? 3 : 2), x);
  try {
    const point = ECDH.convertKey(compressed, 'prime256v1', undefined, undefined, 'uncompressed') as Buffer;
    return new Uint8Array(point.subarray(1));
  } catch {
    return undefined;
  }
}

function publicKey(prefix: string, raw: Uint8Array): KeyObject {
  return createPublicKey({ key: der(prefix, raw), format: 'der', type: 'spki' });
}

function privateKey(prefix: string, raw: Uint8Array): KeyObject {
  const key = der(prefix, raw);
  const imported = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  key.fill(0);
  return imported;
}

function secretKey(bytes: Buffer): KeyObject {
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

function der(prefix: string, raw: Uint8Array): Buffer {
  return Buffer.from(concatBytes(fromHex(prefix), raw));
}

function rawPublic(key: KeyObject, length: number): Uint8Array {
  const encoded = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return new Uint8Array(encoded.subarray(-length));
}

/** A KeyObject cannot be overwritten: OpenSSL clears its memory once the last reference is gone. */
function wipe(): void {}
