// SPDX-License-Identifier: Apache-2.0

/**
 * What a cryptographic library brings for one curve (see asymmetric.ts). Arguments have been checked:
 * lengths fit the curve, a private key is in range, nothing is wiped.
 */
export interface BackendCurve {
  /** Copies the bytes in. */
  importPrivate(bytes: Uint8Array): BackendPrivateKey;
  /** Whether the signature verifies. An invalid public key verifies nothing. */
  verify?(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** A private key on the backend's side. */
export interface BackendPrivateKey {
  /** x ‖ y on P-256. */
  readonly publicKey: Uint8Array;
  /** Returns the shared secret, or undefined where `publicKey` is no point to agree with. x alone or x ‖ y. */
  agree?(publicKey: Uint8Array): Uint8Array | undefined;
  sign?(message: Uint8Array): Uint8Array;
  wipe(): void;
}
