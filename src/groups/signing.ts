// SPDX-License-Identifier: Apache-2.0

/**
 * Contents that show which member made them, also to the other members: the plaintext under the group's key is a
 * COSE_Sign1 by the key of the member's credential, with the content's place as external AAD. It names no key: that is
 * the one of the member whose sender number the content has, and no other.
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
  /**
   * Returns the payload, owned by the caller; undefined where it waits for the key of its sender. Takes both over.
   * Refuses `signatureInvalid`, `credentialUnknown`, and what cannot wait.
   */
  verify(signer: Signer, place: Uint8Array, signed: Uint8Array): Uint8Array | undefined;
  /** This device has no key of this group any more. */
  forget(reference: number): void;
}

/** The member that a content names: its number is its own in that epoch. */
export interface Signer {
  readonly reference: number;
  readonly epoch: number;
  readonly sender: number;
}

/** The public key of a member. */
export interface SigningKey {
  readonly curve: number;
  readonly publicKey: Uint8Array;
}

export function signContent(
  provider: AsymmetricProvider,
  privateKey: PrivateKey,
  place: Uint8Array,
  payload: Uint8Array,
): Uint8Array {
  const algorithm = algorithmOf(privateKey.curve);
  const headers = createHeaders({ algorithm }, {});
  const signed = createSign1(headers, payload, { provider, algorithm, privateKey, externalAad: place });
  return encodeSign1({ ...signed, tagged: false });
}

/** Returns the payload, owned by the caller. Refuses `signatureInvalid`, and what is no COSE_Sign1 of this shape. */
export function verifyContent(
  provider: AsymmetricProvider,
  { curve, publicKey }: SigningKey,
  place: Uint8Array,
  bytes: Uint8Array,
): Uint8Array {
  const message = decodeSign1(bytes);
  if (message.tagged) refuse('messageInvalid');
  const context = { provider, algorithm: algorithmOf(curve), publicKey, externalAad: place };
  return copyBytes(verifySign1(message, context));
}

function algorithmOf(curve: number): number {
  if (curve === Curve.P256) return SignatureAlgorithm.ES256;
  return curve === Curve.Ed25519 ? SignatureAlgorithm.EdDSA : refuse('unsupportedAlgorithm');
}
