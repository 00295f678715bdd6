// SPDX-License-Identifier: Apache-2.0

import type { AeadParameters } from './algorithms.ts';
import type { BackendCurve } from './backend-curve.ts';
import type { FillRandom } from './provider.ts';
import type { RecordProvider } from './records.ts';

/**
 * What a cryptographic library brings to become a provider (see create-provider.ts). `Material` is its
 * own form of key bytes. Arguments have been checked: lengths fit the algorithm, nothing is wiped.
 */
export interface Backend<Material> {
  readonly name: string;
  readonly fillRandom: FillRandom;
  /** By COSE number: how key material of the right length becomes an AEAD. */
  readonly aeads: Readonly<
    Record<number, (key: Material, parameters: AeadParameters) => BackendAead<Material>>
  >;
  /** By COSE number. */
  readonly curves: Readonly<Record<number, BackendCurve<Material>>>;
  /** The library's own, or made of its HMAC (see hkdf.ts). */
  readonly hkdf: BackendHkdf<Material>;
  /** Records in one call each, where the library has them. */
  readonly records?: RecordProvider<Material>;
  /** The root key of the device, where it runs on one. */
  readonly rootKey?: () => Material;
  hmacSha256(key: Material): BackendMac;
  sha256(data: Uint8Array): Uint8Array;
  /** HKDF-Extract (RFC 5869 section 2.2). */
  extract(salt: Uint8Array, inputKeyingMaterial: Material): Material;
  /** Copies the bytes in. */
  importBytes(bytes: Uint8Array): Material;
  lengthOf(material: Material): number;
  wipe(material: Material): void;
}

export interface ByteAead {
  seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array;
  open(nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;
  wipe(): void;
}

export interface BackendAead<Material> extends ByteAead {
  /** Seals `data` and the bytes of a key behind it, which JavaScript does not see where the library can help it. */
  wrap(nonce: Uint8Array, aad: Uint8Array, data: Uint8Array, key: Material): Uint8Array;
  /**
   * Fills `data` and returns what lies behind it, at least a byte, as key material. Undefined where the tag does not
   * verify: `data` holds no plaintext then.
   */
  unwrap(nonce: Uint8Array, aad: Uint8Array, wrapped: Uint8Array, data: Uint8Array): Material | undefined;
}

/** HKDF-Expand (RFC 5869 section 2.3), to bytes or to what stays on the backend's side. */
export interface BackendHkdf<Material> {
  expand(pseudorandomKey: Material, info: Uint8Array, length: number): Uint8Array;
  expandMaterial(pseudorandomKey: Material, info: Uint8Array, length: number): Material;
}

export interface BackendMac {
  /** Returns all 32 bytes. */
  compute(data: Uint8Array): Uint8Array;
  wipe(): void;
}
