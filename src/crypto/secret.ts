// SPDX-License-Identifier: Apache-2.0

/** Opaque key material: an input of key derivation, or a key not yet bound to an algorithm. */
export interface Secret {
  /** Overwrites the bytes. Safe to call twice. */
  wipe(): void;
}
