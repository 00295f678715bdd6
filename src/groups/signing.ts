// SPDX-License-Identifier: Apache-2.0

/**
 * Contents that show which member made them, also to the other members: the plaintext under the group's key is a
 * COSE_Sign1 by the key of the member's credential, which is named by its kid, with the content's place as external AAD.
 */
import { copyBytes } from '../bytes/copy.ts';
import { createHeaders } from '../cose/headers.ts';
import { createSign1, decodeSign1, encodeSign1, verifySign1 } from '../cose/sign1.ts';
import { Curve, SignatureAlgorithm } from '../crypto/curves.ts';
import type { AsymmetricProvider, PrivateKey } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';

export interface ContentSigning {
  /** `place`: what the content is signed for besides. Refuses `unsupportedAlgorithm` a key that signs nothing. */
  sign(place: Uint8Array, payload: Uint8Array): Uint8Array;
  /** Returns the payload, owned by the caller. Refuses `credentialUnknown`, `signatureInvalid`. */
  verify(place: Uint8Array, signed: Uint8Array): Uint8Array;
}

/** The key of a credential, as members know it. */
export interface SigningKey {
  readonly kid: Uint8Array;
  readonly curve: number;
  readonly publicKey: Uint8Array;
}

/** `keyOf` finds the credentials of other members. */
export function createSigning(
  provider: AsymmetricProvider,
  kid: Uint8Array,
  privateKey: PrivateKey,
  keyOf: (kid: Uint8Array) => SigningKey | undefined,
): ContentSigning {
  return {
    sign(place, payload): Uint8Array {
      const algorithm = algorithmOf(privateKey.curve);
      const headers = createHeaders({ algorithm }, { kid });
      const signed = createSign1(headers, payload, { provider, algorithm, privateKey, externalAad: place });
      return encodeSign1({ ...signed, tagged: false });
    },
    verify(place, bytes): Uint8Array {
      const message = decodeSign1(bytes);
      const { kid: signer } = message.unprotectedHeader;
      const key = signer && keyOf(signer);
      if (message.tagged || key === undefined) return refuse('credentialUnknown');
      const { curve, publicKey } = key;
      const context = { provider, algorithm: algorithmOf(curve), publicKey, externalAad: place };
      return copyBytes(verifySign1(message, context));
    },
  };
}

function algorithmOf(curve: number): number {
  if (curve === Curve.P256) return SignatureAlgorithm.ES256;
  return curve === Curve.Ed25519 ? SignatureAlgorithm.EdDSA : refuse('unsupportedAlgorithm');
}
