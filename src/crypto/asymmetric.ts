// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';
import type { BackendCurve } from './backend-curve.ts';
import { Curve, type CurveParameters, curveParameters, P256_ORDER, signatureParameters } from './curves.ts';
import type { PrivateKeys } from './private-keys.ts';
import type { AsymmetricProvider, FillRandom, PrivateKey, Secret } from './provider.ts';

/** What the asymmetric half of a provider is made of. */
export interface AsymmetricParts<Material> {
  readonly fillRandom: FillRandom;
  readonly curves: Readonly<Record<number, BackendCurve<Material>>>;
  /** Makes a handle of the same provider. */
  secretOf(material: Material): Secret;
  readonly privateKeys: PrivateKeys<Material>;
}

/** Draws for one key. A source that fails the range check this often (2^-32 each on P-256) is broken. */
const MAX_DRAWS = 4;

/** Checks arguments, once, so that every provider refuses alike. */
export function createAsymmetric<Material>(parts: AsymmetricParts<Material>): AsymmetricProvider {
  const { curves } = parts;
  const { handleTo, keyOf } = parts.privateKeys;

  function backendCurve(curve: number): BackendCurve<Material> {
    return curves[curve] ?? refuse('unsupportedAlgorithm');
  }

  return {
    supportsCurve: (curve) => curves[curve] !== undefined,

    generateKey(curve: number): PrivateKey {
      const backend = backendCurve(curve);
      if (backend.generate !== undefined) return handleTo(curve, backend.generate());
      const bytes = new Uint8Array(curveParameters(curve)!.privateKeyLength);
      for (let draw = 0; draw < MAX_DRAWS; draw++) {
        parts.fillRandom(bytes);
        if (!isPrivateKey(curve, bytes)) continue;
        const handle = handleTo(curve, backend.importPrivate(bytes));
        bytes.fill(0);
        return handle;
      }
      return refuse('badArgument');
    },

    privateKey(curve: number, bytes: Uint8Array): PrivateKey {
      const backend = backendCurve(curve);
      if (!isPrivateKey(curve, bytes)) refuse('badArgument');
      return handleTo(curve, backend.importPrivate(bytes));
    },

    wholeKey(curve: number, x: Uint8Array, isOdd: boolean): Uint8Array {
      const { decompress } = backendCurve(curve);
      if (decompress === undefined) return refuse('unsupportedAlgorithm');
      if (x.length !== curveParameters(curve)!.coordinateLength) refuse('publicKeyInvalid');
      return decompress(x, isOdd) ?? refuse('publicKeyInvalid');
    },

    agree(handle: PrivateKey, publicKey: Uint8Array): Secret {
      const key = keyOf(handle);
      if (key.agree === undefined) return refuse('badArgument');
      if (!hasAgreementLength(curveParameters(handle.curve)!, publicKey)) refuse('publicKeyInvalid');
      return parts.secretOf(key.agree(publicKey) ?? refuse('publicKeyInvalid'));
    },

    sign(algorithm: number, handle: PrivateKey, message: Uint8Array): Uint8Array {
      const parameters = signatureParameters(algorithm) ?? refuse('unsupportedAlgorithm');
      const key = keyOf(handle);
      if (handle.curve !== parameters.curve || key.sign === undefined) return refuse('badArgument');
      return key.sign(message);
    },

    verify(algorithm: number, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
      const parameters = signatureParameters(algorithm) ?? refuse('unsupportedAlgorithm');
      const { verify } = backendCurve(parameters.curve);
      if (verify === undefined) return refuse('unsupportedAlgorithm');
      if (publicKey.length !== curveParameters(parameters.curve)!.publicKeyLength) return false;
      return signature.length === parameters.signatureLength && verify(publicKey, message, signature);
    },
  };
}

/** RFC 7748 and RFC 8032 take any 32 bytes, P-256 a number from 1 to n - 1 (FIPS 186-5). */
export function isPrivateKey(curve: number, bytes: Uint8Array): boolean {
  if (bytes.length !== curveParameters(curve)!.privateKeyLength) return false;
  if (curve !== Curve.P256) return true;
  return !isZero(bytes) && isBelowOrder(bytes);
}

/** x alone, or the whole public key. */
function hasAgreementLength(parameters: CurveParameters, publicKey: Uint8Array): boolean {
  const { length } = publicKey;
  return length === parameters.coordinateLength || length === parameters.publicKeyLength;
}

function isBelowOrder(bytes: Uint8Array): boolean {
  const words = new DataView(bytes.buffer, bytes.byteOffset);
  const at = P256_ORDER.findIndex((word, i) => words.getUint32(4 * i) !== word);
  return at >= 0 && words.getUint32(4 * at) < P256_ORDER[at]!;
}

function isZero(bytes: Uint8Array): boolean {
  let bits = 0;
  for (const byte of bytes) bits |= byte;
  return bits === 0;
}
