// SPDX-License-Identifier: Apache-2.0

import { Major } from '../cbor/head.ts';
import type { CborReader } from '../cbor/reader.ts';
import type { CborWriter } from '../cbor/writer.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import { Curve, curveParameters, SignatureAlgorithm, signatureParameters } from '../crypto/curves.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import type { Authentication } from './method.ts';

/** A cipher suite: COSE numbers, and the length of a MAC in bytes (RFC 9528 section 3.6). */
export interface Suite {
  readonly number: number;
  readonly aead: number;
  readonly hash: number;
  readonly macLength: number;
  readonly curve: number;
  readonly signature: number;
  readonly applicationAead: number;
}

const { AES_CCM_16_64_128, AES_CCM_16_128_128, CHACHA20_POLY1305, A128GCM } = Algorithm;
const { P256, X25519 } = Curve;
const { ES256, EdDSA } = SignatureAlgorithm;

/** RFC 9528 section 10.2. The hash, for EDHOC and the application, is SHA-256 in all of them. */
const SUITES: Readonly<Record<number, Suite>> = Object.freeze({
  __proto__: null,
  0: suite(0, AES_CCM_16_64_128, 8, X25519, EdDSA, AES_CCM_16_64_128),
  1: suite(1, AES_CCM_16_128_128, 16, X25519, EdDSA, AES_CCM_16_64_128),
  2: suite(2, AES_CCM_16_64_128, 8, P256, ES256, AES_CCM_16_64_128),
  3: suite(3, AES_CCM_16_128_128, 16, P256, ES256, AES_CCM_16_64_128),
  4: suite(4, CHACHA20_POLY1305, 16, X25519, EdDSA, CHACHA20_POLY1305),
  5: suite(5, CHACHA20_POLY1305, 16, P256, ES256, CHACHA20_POLY1305),
  6: suite(6, A128GCM, 16, X25519, ES256, A128GCM),
});

/** Returns the suite, or refuses with `suiteNotSupported` what this library or the provider lacks. */
export function supportedSuite(provider: CryptoProvider, number: number): Suite {
  const found = SUITES[number] ?? refuse('suiteNotSupported');
  const algorithms = [found.aead, found.hash, found.applicationAead];
  if (!algorithms.every((algorithm) => provider.supports(algorithm))) refuse('suiteNotSupported');
  if (!provider.supportsCurve(found.curve)) refuse('suiteNotSupported');
  return found;
}

/** Refuses with `publicKeyInvalid` a G_X or G_Y that is not as long as the suite's (section 3.7). */
export function checkEphemeralLength({ curve }: Suite, publicKey: Uint8Array): void {
  if (publicKey.length !== curveParameters(curve)!.coordinateLength) refuse('publicKeyInvalid');
}

/** The curve that an authentication key lies on. */
export function authenticationCurve(chosen: Suite, authentication: Authentication): number {
  return authentication === 'static-dh' ? chosen.curve : signatureParameters(chosen.signature)!.curve;
}

/** SUITES_I: all that the Initiator prefers to the selected one, and that one last (section 5.2.2). */
export function offeredSuites(preferred: readonly number[], selected: number): readonly number[] {
  const position = preferred.indexOf(selected);
  return position < 0 ? refuse('suiteNotSupported') : preferred.slice(0, position + 1);
}

/**
 * Returns the suite that SUITES_I selects. Refuses with `suiteNotSupported` one that is not ours, and one that
 * the Initiator likes less than another of ours: someone may have cut the list (section 5.2.3).
 */
export function acceptedSuite(offered: readonly number[], supported: readonly number[]): number {
  const selected = offered[offered.length - 1]!;
  const best = offered.find((number) => supported.includes(number));
  return best === selected ? selected : refuse('suiteNotSupported');
}

/**
 * Returns the suite to try after SUITES_R (section 6.3.1): of those the Responder names, the one the Initiator
 * prefers. Refuses with `suiteNotSupported` where there is none, or none that has not been tried.
 */
export function suiteToRetry(
  preferred: readonly number[],
  suitesR: readonly number[],
  tried: readonly number[],
): number {
  const best = preferred.find((number) => suitesR.includes(number)) ?? refuse('suiteNotSupported');
  return tried.includes(best) ? refuse('suiteNotSupported') : best;
}

/** suites = [ 2* int ] / int */
export function writeSuites(writer: CborWriter, suites: readonly number[]): CborWriter {
  if (suites.length === 0) refuse('badArgument');
  if (suites.length > 1) writer.array(suites.length);
  for (const number of suites) writer.integer(number);
  return writer;
}

export function readSuites(reader: CborReader): readonly number[] {
  if (reader.peekMajor() !== Major.array) return [reader.integer()];
  const count = reader.array();
  if (count < 2) refuse('wrongType');
  return Array.from({ length: count }, () => reader.integer());
}

function suite(
  number: number,
  aead: number,
  macLength: number,
  curve: number,
  signature: number,
  applicationAead: number,
): Suite {
  return Object.freeze({
    number,
    aead,
    hash: Algorithm.SHA_256,
    macLength,
    curve,
    signature,
    applicationAead,
  });
}
