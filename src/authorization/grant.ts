// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import { Major } from '../cbor/head.ts';
import { CborReader } from '../cbor/reader.ts';
import { createHeaders, type Headers } from '../cose/headers.ts';
import { createMac0, decodeMac0, encodeMac0, type Mac0Context, verifyMac0 } from '../cose/mac0.ts';
import {
  createSign1,
  decodeSign1,
  encodeSign1,
  type SigningContext,
  type VerificationContext,
  verifySign1,
} from '../cose/sign1.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { MacKey } from '../crypto/provider.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { type Claims, decodeClaims, encodeClaims } from './claims.ts';

/**
 * A grant on its way to whoever decides by it (RFC 8392 section 7), shown by its subject:
 *
 *   grant = 17([ << {1: 4} >>, {}, << claims >>, tag: bstr .size 8 ])       under a key of issuer and audience
 *         / 18([ << {1: alg} >>, {}, << claims >>, signature: bstr ])       where several audiences read it
 *
 * Inside a record of the issuer's session with the audience the claims are bare: the record protects them.
 */
export interface GrantVerification {
  /** HMAC 256/64, of the issuer and this audience. */
  readonly macKey?: MacKey;
  /** The issuer's, where it signs. */
  readonly signer?: Signer<VerificationContext>;
}

type Signer<Context> = Omit<Context, 'externalAad'>;

const MAC = Algorithm.HMAC_256_64;
/** CBOR tags of COSE messages (RFC 9052 section 2). */
const MAC0 = 17;
const SIGN1 = 18;

export function macGrant(claims: Claims, key: MacKey): Uint8Array {
  return encodeMac0(createMac0(headersFor(MAC), encodeClaims(claims), macContext(key)));
}

export function signGrant(claims: Claims, signer: Signer<SigningContext>): Uint8Array {
  const headers = headersFor(signer.algorithm);
  return encodeSign1(createSign1(headers, encodeClaims(claims), { ...signer, externalAad: none() }));
}

/**
 * Returns the claims of a grant that verifies, borrowed from it. Refuses `integrityFailure` or `signatureInvalid` one
 * that does not, `grantInvalid` what is no grant or has other headers, and what src/cose refuses.
 */
export function openGrant(grant: Uint8Array, { macKey, signer }: GrantVerification): Claims {
  if (grant.length > ImplementationLimits.grantMaxBytes) refuse('grantInvalid');
  const reader = new CborReader(grant);
  const tag = reader.peekMajor() === Major.tag ? reader.tag() : refuse('grantInvalid');
  if (tag === MAC0 && macKey !== undefined) return openMac0(grant, macKey);
  if (tag === SIGN1 && signer !== undefined) return openSign1(grant, signer);
  return refuse('grantInvalid');
}

function openMac0(grant: Uint8Array, key: MacKey): Claims {
  const message = decodeMac0(grant);
  checkHeaders(message, MAC);
  return decodeClaims(verifyMac0(message, macContext(key)));
}

function openSign1(grant: Uint8Array, signer: Signer<VerificationContext>): Claims {
  const message = decodeSign1(grant);
  checkHeaders(message, signer.algorithm);
  return decodeClaims(verifySign1(message, { ...signer, externalAad: none() }));
}

/** Nothing but the algorithm, protected: what stands in the other header nobody has authenticated. */
function checkHeaders({ protectedBytes, unprotectedHeader }: Headers, algorithm: number): void {
  const isOurs = equalBytes(protectedBytes, headersFor(algorithm).protectedBytes);
  if (!isOurs || Object.keys(unprotectedHeader).length > 0) refuse('grantInvalid');
}

function headersFor(algorithm: number): Headers {
  return createHeaders({ algorithm }, {});
}

function macContext(key: MacKey): Mac0Context {
  return { algorithm: MAC, key, externalAad: none() };
}

function none(): Uint8Array {
  return new Uint8Array(0);
}
