// SPDX-License-Identifier: Apache-2.0

import type { RecordProvider } from './records.ts';
import type { Secret } from './secret.ts';

export type { Secret } from './secret.ts';

/**
 * The narrow synchronous door to cryptography. Algorithms are COSE numbers (see algorithms.ts).
 *
 * Key bytes enter through `secret` and `privateKey` and never come back out: `Secret`, `AeadKey`, `MacKey`
 * and `PrivateKey` are opaque handles whose bytes stay on the provider's side. Handles belong to the provider that made them; any
 * other handle, a wrong length or an algorithm the provider lacks is refused (`badArgument`,
 * `unsupportedAlgorithm`), a wiped handle with `keyWiped`.
 *
 * All `Uint8Array` arguments are borrowed for the call, all results are owned by the caller.
 */

/** A keyed AEAD context, prepared once (RFC 9053 section 4). */
export interface AeadKey {
  /** Returns ciphertext ‖ tag. */
  seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Returns the plaintext, or undefined where the tag does not verify. */
  open(nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;
  wipe(): void;
}

/** A keyed MAC context (RFC 9053 section 3). */
export interface MacKey {
  /** Returns the tag, truncated as the algorithm says. */
  compute(data: Uint8Array): Uint8Array;
  /** Compares in constant time. A tag of another length does not verify. */
  verify(data: Uint8Array, tag: Uint8Array): boolean;
  wipe(): void;
}

/** A private key behind a handle. */
export interface PrivateKey {
  /** COSE number (see curves.ts). */
  readonly curve: number;
  /** x ‖ y on P-256, the one encoding elsewhere. */
  readonly publicKey: Uint8Array;
  /** Overwrites the private part. Safe to call twice. */
  wipe(): void;
}

/** Key agreement and signatures, by COSE curve and algorithm numbers (see curves.ts). */
export interface AsymmetricProvider {
  supportsCurve(curve: number): boolean;
  /** Draws a key from the provider's random source. */
  generateKey(curve: number): PrivateKey;
  /** Copies `bytes` in. The caller wipes its own copy. */
  privateKey(curve: number, bytes: Uint8Array): PrivateKey;
  /**
   * The public key x ‖ y whose x and sign of y are known (SEC 1 section 2.3.4): on P-256 alone. Refuses with
   * `publicKeyInvalid` where no point has this x.
   */
  wholeKey(curve: number, x: Uint8Array, isOdd: boolean): Uint8Array;
  /**
   * Diffie-Hellman: the x of the shared point. `publicKey` on P-256 is x alone or x ‖ y. A point that is
   * off the curve or of low order is refused with `publicKeyInvalid`.
   */
  agree(privateKey: PrivateKey, publicKey: Uint8Array): Secret;
  sign(algorithm: number, privateKey: PrivateKey, message: Uint8Array): Uint8Array;
  /** Whether the signature verifies. ES256 is r ‖ s, with a high s as good as a low one. */
  verify(algorithm: number, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/**
 * Keys under keys, so that they can be stored and sent and JavaScript never sees them: an AEAD (COSE number) under
 * `kek`, over `data`, which is no key and may be nothing, and the bytes of a key behind it; 128 bytes together at most.
 */
export interface KeyWrapping {
  /** Returns ciphertext ‖ tag. A private key of X25519 may come out clamped, which makes no difference to its use. */
  wrap(
    algorithm: number,
    kek: Secret,
    nonce: Uint8Array,
    aad: Uint8Array,
    key: Secret | PrivateKey,
    data?: Uint8Array,
  ): Uint8Array;
  /** Fills `data` and returns what lies behind it. Undefined where it does not verify, or no key is left. */
  unwrap(
    algorithm: number,
    kek: Secret,
    nonce: Uint8Array,
    aad: Uint8Array,
    wrapped: Uint8Array,
    data?: Uint8Array,
  ): Secret | undefined;
  /** The same. What verifies and is no private key of the curve is refused (`badArgument`). */
  unwrapPrivateKey(
    algorithm: number,
    kek: Secret,
    nonce: Uint8Array,
    aad: Uint8Array,
    curve: number,
    wrapped: Uint8Array,
    data?: Uint8Array,
  ): PrivateKey | undefined;
}

export interface CryptoProvider extends AsymmetricProvider, KeyWrapping {
  readonly name: string;
  /** Whether the provider carries this COSE algorithm. */
  supports(algorithm: number): boolean;
  /** Fills `target` from a cryptographically strong source. */
  fillRandom(target: Uint8Array): void;
  hash(algorithm: number, data: Uint8Array): Uint8Array;
  /** Copies `bytes` in. The caller wipes its own copy. */
  secret(bytes: Uint8Array): Secret;
  /** HKDF-Extract (RFC 5869 section 2.2) with the given hash. */
  extract(hash: number, salt: Uint8Array, inputKeyingMaterial: Secret): Secret;
  /** HKDF-Expand (RFC 5869 section 2.3) for values that are not keys: IVs, protocol MACs, key streams. */
  expand(hash: number, pseudorandomKey: Secret, info: Uint8Array, length: number): Uint8Array;
  /** HKDF-Expand whose output stays behind a handle. */
  expandSecret(hash: number, pseudorandomKey: Secret, info: Uint8Array, length: number): Secret;
  /** Binds a secret of exactly the algorithm's key length to an AEAD. */
  aeadKey(algorithm: number, secret: Secret): AeadKey;
  /** Binds a secret to a MAC: exactly the algorithm's key length. */
  macKey(algorithm: number, secret: Secret): MacKey;
  /**
   * The root key of the device, 32 bytes, for what it keeps: on devices alone. Throws where the board has lost it. The
   * caller wipes the handle.
   */
  readonly rootKey?: () => Secret;
  /** Records in one call each, where the provider has them. */
  readonly records?: RecordProvider;
}

/** The host's random source, injected into providers that have none of their own. */
export type FillRandom = (target: Uint8Array) => void;
