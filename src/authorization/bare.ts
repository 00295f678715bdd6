// SPDX-License-Identifier: Apache-2.0

import { CborReader } from '../cbor/reader.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { encodeClaims } from './claims.ts';
import { THIS_END } from './cti.ts';
import { decodeScope, type Scope } from './scope.ts';

/**
 * A grant without cnf and without a clock, bare in a record of the issuer's session with the audience: what the issuer
 * itself may do at this end, and for how long from now. All that a device reads of a grant, in one shape:
 *
 *   bare = { 7: cti, 9: scope: bstr, 40: exi }        a3 07 42 00 05 09 44 81 82 04 01 18 28 1a 00 01 51 80
 */
export interface BareGrant {
  /** Its audience is `THIS_END`. Borrowed. */
  readonly cti: Uint8Array;
  readonly scope: Scope;
  /** Seconds from its receipt. */
  readonly exi: number;
}

/** What a device asks of such a grant: that the server delivers contents to it. */
export const ContentDelivery = Object.freeze({ object: 4, bit: 0 } as const);

const CTI = 7;
const SCOPE = 9;
const EXI = 40;

export function encodeBareGrant(
  sequence: number,
  { scope, exi }: Pick<BareGrant, 'scope' | 'exi'>,
): Uint8Array {
  return encodeClaims({ audience: THIS_END, sequence, scope, expiry: { exi } });
}

/** Refuses `grantInvalid` for every other shape, else what src/cbor refuses. */
export function decodeBareGrant(bytes: Uint8Array): BareGrant {
  const reader = new CborReader(bytes);
  if (reader.map() !== 3 || reader.unsigned() !== CTI) refuse('grantInvalid');
  const cti = reader.byteString();
  if (!isOfThisEnd(cti) || reader.unsigned() !== SCOPE) refuse('grantInvalid');
  const scope = decodeScope(reader.byteString());
  if (reader.unsigned() !== EXI) refuse('grantInvalid');
  const exi = reader.unsigned();
  if (exi > ImplementationLimits.grantMaxSeconds) refuse('grantInvalid');
  reader.end();
  return { cti, scope, exi };
}

/** As cti.ts has it, of which a device needs no more: audience 0, and a sequence of 1 to 6 bytes, the shortest. */
function isOfThisEnd(cti: Uint8Array): boolean {
  const { length } = cti;
  return cti[0] === THIS_END && length > 1 && length < 8 && (length === 2 || cti[1] !== 0);
}
