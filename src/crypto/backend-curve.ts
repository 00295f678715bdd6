// SPDX-License-Identifier: Apache-2.0

/**
 * What a cryptographic library brings for one curve (see asymmetric.ts). Arguments have been checked:
 * lengths fit the curve, a private key is in range, nothing is wiped.
 */
export interface BackendCurve<Material> {
  /** Copies the bytes in. */
  importPrivate(bytes: Uint8Array): BackendPrivateKey<Material>;
  /** The same of material of the right length. Undefined where that is out of range. */
  importMaterial(material: Material): BackendPrivateKey<Material> | undefined;
  /** Draws a key on the backend's side, where that has a random source of its own. */
  generate?(): BackendPrivateKey<Material>;
  /** x ‖ y of the point with this x and such a y; undefined where there is none. */
  decompress?(x: Uint8Array, isOdd: boolean): Uint8Array | undefined;
  /** Whether the signature verifies. An invalid public key verifies nothing. */
  verify?(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** A private key on the backend's side. */
export interface BackendPrivateKey<Material> {
  /** x ‖ y on P-256. */
  readonly publicKey: Uint8Array;
  /**
   * Returns the shared secret, or undefined where `publicKey`, x alone or x ‖ y, is no point to agree with:
   * off the curve, or an X25519 secret of zeros (RFC 7748 section 6.1). On P-256 x = 0 is as good as any.
   */
  agree?(publicKey: Uint8Array): Material | undefined;
  sign?(message: Uint8Array): Uint8Array;
  /** Its bytes as material of the caller's. A library may have clamped those of X25519 (RFC 7748 section 5). */
  copy(): Material;
  wipe(): void;
}
