// SPDX-License-Identifier: Apache-2.0

import type { BackendCurve, BackendPrivateKey } from '../backend-curve.ts';
import { Curve, curveParameters, SignatureAlgorithm, signatureParameters } from '../curves.ts';
import type { CryptoNatives, NativeKey, NativeSecret } from './natives.ts';

/** Key agreement and ES256 (see provider.ts). */
export function nativeP256(natives: CryptoNatives): BackendCurve<NativeSecret> {
  const { signatureLength } = signatureParameters(SignatureAlgorithm.ES256)!;
  const curve = agreementCurve(natives, Curve.P256, (key) => ({
    sign(message: Uint8Array): Uint8Array {
      const signature = new Uint8Array(signatureLength);
      natives.sign(key, message, signature);
      return signature;
    },
  }));
  return {
    ...curve,
    decompress(x, isOdd): Uint8Array | undefined {
      const publicKey = new Uint8Array(2 * x.length);
      return natives.decompress(x, isOdd ? 1 : 0, publicKey) ? publicKey : undefined;
    },
    verify: (publicKey, message, signature) => natives.verify(publicKey, message, signature),
  };
}

export function nativeX25519(natives: CryptoNatives): BackendCurve<NativeSecret> {
  return agreementCurve(natives, Curve.X25519, () => ({}));
}

type Signer = Pick<BackendPrivateKey<NativeSecret>, 'sign'>;

function agreementCurve(
  natives: CryptoNatives,
  curve: number,
  signerOf: (key: NativeKey<'private'>) => Signer,
): BackendCurve<NativeSecret> {
  const { publicKeyLength } = curveParameters(curve)!;

  function make(
    create: (publicKey: Uint8Array) => NativeKey<'private'> | undefined,
  ): BackendPrivateKey<NativeSecret> | undefined {
    const publicKey = new Uint8Array(publicKeyLength);
    const key = create(publicKey);
    return (
      key && {
        ...signerOf(key),
        publicKey,
        agree: (peer) => natives.agree(key, peer),
        copy: () => natives.privateSecret(key),
        wipe: () => natives.wipe(key),
      }
    );
  }

  return {
    importPrivate: (bytes) => make((publicKey) => natives.privateKey(curve, bytes, publicKey))!,
    importMaterial: (secret) => make((publicKey) => natives.privateKeyOf(curve, secret, publicKey)),
    generate: () => make((publicKey) => natives.generateKey(curve, publicKey))!,
  };
}
