// SPDX-License-Identifier: Apache-2.0

import { Algorithm } from '../crypto/algorithms.ts';
import { ImplementationLimits, SpecificationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/** How far one key may be used. */
export interface KeyLimits {
  /** q: records sealed. */
  readonly maxSealed: number;
  /** v: records that failed to verify. */
  readonly maxFailed: number;
}

/** Where no bound on q is known below it, the sequence numbers end first. */
const ALL_NUMBERS = SpecificationLimits.maxSequenceNumber + 1;

const KEY_LIMITS: Readonly<Record<number, KeyLimits>> = Object.freeze({
  __proto__: null,
  [Algorithm.AES_CCM_16_64_128]: limits(SpecificationLimits.ccm8MaxSealed, SpecificationLimits.ccm8MaxFailed),
  [Algorithm.AES_CCM_16_128_128]: limits(
    SpecificationLimits.ccm16MaxSealed,
    SpecificationLimits.ccm16MaxFailed,
  ),
  [Algorithm.A128GCM]: limits(SpecificationLimits.gcmMaxSealed, SpecificationLimits.gcmMaxFailed),
  [Algorithm.CHACHA20_POLY1305]: limits(ALL_NUMBERS, SpecificationLimits.chacha20Poly1305MaxFailed),
  [Algorithm.HMAC_256_64]: limits(ALL_NUMBERS, ImplementationLimits.hmac64MaxFailed),
  [Algorithm.HMAC_256_256]: limits(ALL_NUMBERS, ImplementationLimits.hmac256MaxFailed),
});

/** Refuses with `unsupportedAlgorithm` what protects no records. */
export function keyLimits(algorithm: number): KeyLimits {
  return KEY_LIMITS[algorithm] ?? refuse('unsupportedAlgorithm');
}

function limits(maxSealed: number, maxFailed: number): KeyLimits {
  return Object.freeze({ maxSealed, maxFailed });
}
