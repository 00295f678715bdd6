// SPDX-License-Identifier: Apache-2.0

import { MapKeys } from '../cbor/keys.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { type Confirmation, readConfirmation, writeConfirmation } from './confirmation.ts';
import { decodeGrantId, encodeGrantId, type GrantId } from './cti.ts';
import { decodeScope, encodeScope, type Scope } from './scope.ts';

/**
 * The claims of a grant: one shape of CWT (RFC 8392), in deterministic CBOR.
 *
 *   claims = {
 *     ? 4: exp: uint,            NumericDate, where the audience has a clock
 *       7: cti: bstr,            audience and sequence (cti.ts)
 *     ? 8: cnf,                  absent: for the other end of the session in which it comes
 *       9: scope: bstr .cbor scope,
 *     ? 40: exi: uint            seconds from its receipt (RFC 9200 section 5.10.3), in place of exp
 *   }
 */
export interface Claims extends GrantId {
  readonly confirmation?: Confirmation;
  readonly scope: Scope;
  readonly expiry: Expiry;
}

/** `exp`, in seconds since 1970, or `exi`, in seconds since the grant came. */
export type Expiry = { readonly exp: number } | { readonly exi: number };

/** IANA "CBOR Web Token (CWT) Claims". */
const Claim = Object.freeze({ exp: 4, cti: 7, cnf: 8, scope: 9, exi: 40 } as const);

export function encodeClaims({ confirmation, scope, expiry, ...id }: Claims): Uint8Array {
  const writer = new CborWriter().map(confirmation === undefined ? 3 : 4);
  if ('exp' in expiry) writer.integer(Claim.exp).integer(expiry.exp);
  writer.integer(Claim.cti).byteString(encodeGrantId(id));
  if (confirmation !== undefined) writeConfirmation(writer.integer(Claim.cnf), confirmation);
  writer.integer(Claim.scope).byteString(encodeScope(scope));
  if ('exi' in expiry) writer.integer(Claim.exi).integer(expiry.exi);
  return writer.finish();
}

interface Fields {
  exp?: number;
  exi?: number;
  id?: GrantId;
  confirmation?: Confirmation;
  scope?: Scope;
}

/** Byte strings are borrowed. Refuses `grantInvalid` for every other claim or set of them, else what src/cbor refuses. */
export function decodeClaims(bytes: Uint8Array): Claims {
  if (bytes.length > ImplementationLimits.grantMaxBytes) refuse('grantInvalid');
  const reader = new CborReader(bytes);
  const keys = new MapKeys();
  const fields: Fields = {};
  for (let pairs = reader.map(); pairs > 0; pairs--) {
    keys.next(reader.peekItem());
    readClaim(reader, reader.unsigned(), fields);
  }
  reader.end();
  const { id, scope, confirmation } = fields;
  if (id === undefined || scope === undefined) return refuse('grantInvalid');
  const claims = { ...id, scope, expiry: expiryOf(fields) };
  return confirmation === undefined ? claims : { ...claims, confirmation };
}

function readClaim(reader: CborReader, label: number, fields: Fields): void {
  if (label === Claim.exp) fields.exp = reader.unsigned();
  else if (label === Claim.cti) fields.id = decodeGrantId(reader.byteString());
  else if (label === Claim.cnf) fields.confirmation = readConfirmation(reader);
  else if (label === Claim.scope) fields.scope = decodeScope(reader.byteString());
  else if (label === Claim.exi) fields.exi = reader.unsigned();
  else refuse('grantInvalid');
}

function expiryOf({ exp, exi }: Fields): Expiry {
  if (exi === undefined) return exp === undefined ? refuse('grantInvalid') : { exp };
  return exp === undefined && exi <= ImplementationLimits.grantMaxSeconds ? { exi } : refuse('grantInvalid');
}
