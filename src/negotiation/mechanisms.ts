// SPDX-License-Identifier: Apache-2.0

/**
 * The mechanisms that can be negotiated, in one table. The numbers are local to this project and stable:
 * eight for each axis, so that the axis of a number that is not known yet is known, and one byte each in
 * CBOR. Record algorithms are COSE's numbers.
 */
import { Algorithm } from '../crypto/algorithms.ts';
import { SignatureAlgorithm } from '../crypto/curves.ts';

/** AUTHN-1. EDHOC's methods keep their numbers (RFC 9528 section 3.2; 4 is draft-ietf-lake-edhoc-psk). */
export const Authentication = Object.freeze({
  method0: 0,
  method1: 1,
  method2: 2,
  method3: 3,
  psk: 4,
  delegated: 7,
} as const);

/** INT-1. `tag64` and `tag128` are the tags of the AEAD that also encrypts. */
export const Integrity = Object.freeze({
  tag64: 8,
  tag128: 9,
  hmac64: 10,
  hmac256: 11,
  signature: 12,
  delegated: 15,
} as const);

/** CONF-1. */
export const Confidentiality = Object.freeze({
  aesCcm64: 16,
  aesCcm128: 17,
  a128Gcm: 18,
  chaCha20: 19,
  none: 20,
  delegated: 23,
} as const);

export const Axis = Object.freeze({ authentication: 0, integrity: 1, confidentiality: 2 } as const);

/** Mechanism numbers are below this. */
export const MECHANISM_LIMIT = 24;

export interface Mechanism {
  /** Strength in bits, which floors are measured against. */
  readonly bits: number;
  /** The EDHOC method that authenticates. */
  readonly method?: number;
  /** COSE number of what a record is protected with. */
  readonly algorithm?: number;
  /** Bits of an AEAD's tag: integrity and confidentiality with the same tag belong together. */
  readonly tagBits?: number;
  /** The link realises it: its strength is what the link's evidence says. */
  readonly delegatedAs?: keyof typeof Axis;
}

/**
 * A static Diffie-Hellman key or a PSK authenticates with an 8-byte tag in the cipher suites 0 and 2
 * (RFC 9528 section 9.1), signatures with 128 bits.
 */
const MECHANISMS: Readonly<Record<number, Mechanism>> = Object.freeze({
  __proto__: null,
  [Authentication.method0]: row({ bits: 128, method: 0 }),
  [Authentication.method1]: row({ bits: 64, method: 1 }),
  [Authentication.method2]: row({ bits: 64, method: 2 }),
  [Authentication.method3]: row({ bits: 64, method: 3 }),
  [Authentication.psk]: row({ bits: 64, method: 4 }),
  [Authentication.delegated]: row({ bits: 0, delegatedAs: 'authentication' }),

  [Integrity.tag64]: row({ bits: 64, tagBits: 64 }),
  [Integrity.tag128]: row({ bits: 128, tagBits: 128 }),
  [Integrity.hmac64]: row({ bits: 64, algorithm: Algorithm.HMAC_256_64 }),
  [Integrity.hmac256]: row({ bits: 256, algorithm: Algorithm.HMAC_256_256 }),
  [Integrity.signature]: row({ bits: 128, algorithm: SignatureAlgorithm.ES256 }),
  [Integrity.delegated]: row({ bits: 0, delegatedAs: 'integrity' }),

  [Confidentiality.aesCcm64]: aead(128, Algorithm.AES_CCM_16_64_128, 64),
  [Confidentiality.aesCcm128]: aead(128, Algorithm.AES_CCM_16_128_128, 128),
  [Confidentiality.a128Gcm]: aead(128, Algorithm.A128GCM, 128),
  [Confidentiality.chaCha20]: aead(256, Algorithm.CHACHA20_POLY1305, 128),
  [Confidentiality.none]: row({ bits: 0 }),
  [Confidentiality.delegated]: row({ bits: 0, delegatedAs: 'confidentiality' }),
});

/** Returns the row of a number, or undefined for one this table does not hold. */
export function mechanism(number: number): Mechanism | undefined {
  return MECHANISMS[number];
}

/** Returns the axis (0 to 2) of any number below `MECHANISM_LIMIT`. */
export function axisOf(number: number): number {
  return number >> 3;
}

/** Whether one record, or the link, can realise both at once. */
export function isRealisable(integrity: number, confidentiality: number): boolean {
  return MECHANISMS[integrity]?.tagBits === MECHANISMS[confidentiality]?.tagBits;
}

/** Returns the COSE number that protects a record, or undefined where the link does all of it. */
export function recordAlgorithm(integrity: number, confidentiality: number): number | undefined {
  return MECHANISMS[confidentiality]?.algorithm ?? MECHANISMS[integrity]?.algorithm;
}

export function isDelegated(number: number): boolean {
  return MECHANISMS[number]?.delegatedAs !== undefined;
}

function row(mechanism: Mechanism): Mechanism {
  return Object.freeze(mechanism);
}

function aead(bits: number, algorithm: number, tagBits: number): Mechanism {
  return row({ bits, algorithm, tagBits });
}
