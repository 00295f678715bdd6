// SPDX-License-Identifier: Apache-2.0

/** COSE algorithm numbers (IANA "COSE Algorithms"; RFC 9053, RFC 9054). */
export const Algorithm = Object.freeze({
  A128GCM: 1,
  HMAC_256_64: 4,
  HMAC_256_256: 5,
  AES_CCM_16_64_128: 10,
  CHACHA20_POLY1305: 24,
  AES_CCM_16_128_128: 30,
  SHA_256: -16,
} as const);

export interface AeadParameters {
  readonly kind: 'aead';
  readonly name: string;
  readonly keyLength: number;
  readonly nonceLength: number;
  readonly tagLength: number;
  /** P_MAX of RFC 5116 section 4. */
  readonly maxPlaintextLength: number;
}

export interface MacParameters {
  readonly kind: 'mac';
  readonly name: string;
  readonly keyLength: number;
  readonly tagLength: number;
}

export interface HashParameters {
  readonly kind: 'hash';
  readonly name: string;
  readonly length: number;
}

export type AlgorithmParameters = AeadParameters | MacParameters | HashParameters;

/** AES-CCM with a 2-byte length field (RFC 9053 section 4.2: L = 16 bits). */
const CCM_16_MAX = 2 ** 16 - 1;
/** SP 800-38D section 5.2.1.1: 2^39 - 256 bits. */
const GCM_MAX = 2 ** 36 - 32;
/** RFC 8439 section 2.8: 2^32 - 1 blocks of 64 bytes. */
const CHACHA20_MAX = 2 ** 38 - 64;

function aead(
  name: string,
  keyLength: number,
  nonceLength: number,
  tagLength: number,
  maxPlaintextLength: number,
): AeadParameters {
  return Object.freeze({ kind: 'aead', name, keyLength, nonceLength, tagLength, maxPlaintextLength });
}

function mac(name: string, keyLength: number, tagLength: number): MacParameters {
  return Object.freeze({ kind: 'mac', name, keyLength, tagLength });
}

/** Lengths in bytes per algorithm. The names are IANA's. */
const PARAMETERS: Readonly<Record<number, AlgorithmParameters>> = Object.freeze({
  __proto__: null,
  [Algorithm.A128GCM]: aead('A128GCM', 16, 12, 16, GCM_MAX),
  [Algorithm.HMAC_256_64]: mac('HMAC 256/64', 32, 8),
  [Algorithm.HMAC_256_256]: mac('HMAC 256/256', 32, 32),
  [Algorithm.AES_CCM_16_64_128]: aead('AES-CCM-16-64-128', 16, 13, 8, CCM_16_MAX),
  [Algorithm.CHACHA20_POLY1305]: aead('ChaCha20/Poly1305', 32, 12, 16, CHACHA20_MAX),
  [Algorithm.AES_CCM_16_128_128]: aead('AES-CCM-16-128-128', 16, 13, 16, CCM_16_MAX),
  [Algorithm.SHA_256]: Object.freeze({ kind: 'hash', name: 'SHA-256', length: 32 }),
});

/** Returns the algorithm's lengths, or undefined for a number this library does not know. */
export function algorithmParameters(algorithm: number): AlgorithmParameters | undefined {
  return PARAMETERS[algorithm];
}
