// SPDX-License-Identifier: Apache-2.0

import { decodeFlat, encodeFlat } from '../cbor/flat.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/**
 * Grants that hold no more: all of one subject below a sequence. As a message of the issuer to an audience:
 *
 *   revocation = [16, kid: bstr, minimum: uint]     83 10 42 ab cd 05
 */
export interface Revocation {
  readonly kid: Uint8Array;
  /** Above the sequence of every grant that is revoked. */
  readonly minimum: number;
}

const REVOCATION = 16;

export function encodeRevocation({ kid, minimum }: Revocation): Uint8Array {
  return encodeFlat([REVOCATION, kid, minimum]);
}

/** Owns what it returns. Refuses `messageInvalid` for another message, else what src/cbor refuses. */
export function decodeRevocation(bytes: Uint8Array): Revocation {
  const [type, kid, minimum, ...others] = decodeFlat(bytes);
  const isRevocation = type === REVOCATION && others.length === 0;
  if (!isRevocation || typeof kid !== 'object' || typeof minimum !== 'number')
    return refuse('messageInvalid');
  return kid.length <= ImplementationLimits.grantMaxKidBytes ? { kid, minimum } : refuse('messageInvalid');
}
