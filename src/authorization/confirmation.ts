// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import type { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { writeCoseKey } from '../cose/key.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { Credential, CredentialStore } from '../handshake/credential.ts';
import { kidOf } from '../handshake/id-cred.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/**
 * Whom a grant is for: the holder of the key that is named here, who proves it in EDHOC (RFC 8747 section 3.1).
 *
 *   cnf = { 3: kid: bstr } / { 5: ckt: bstr .size 32 }    ckt: COSE Key SHA-256 Thumbprint (RFC 9679)
 */
export type Confirmation =
  | { readonly method: typeof ConfirmationMethod.kid; readonly value: Uint8Array }
  | { readonly method: typeof ConfirmationMethod.ckt; readonly value: Uint8Array };

export const ConfirmationMethod = Object.freeze({ kid: 3, ckt: 5 } as const);

const THUMBPRINT_BYTES = 32;

type Hash = Pick<CryptoProvider, 'hash'>;

export function writeConfirmation(writer: CborWriter, { method, value }: Confirmation): CborWriter {
  return writer.map(1).integer(method).byteString(value);
}

/** The value is borrowed from the input. Refuses `grantInvalid` for another method or length. */
export function readConfirmation(reader: CborReader): Confirmation {
  if (reader.map() !== 1) refuse('grantInvalid');
  const method = reader.unsigned();
  const value = reader.byteString();
  if (method === ConfirmationMethod.kid) {
    if (value.length > ImplementationLimits.grantMaxKidBytes) refuse('grantInvalid');
    return { method, value };
  }
  if (method !== ConfirmationMethod.ckt || value.length !== THUMBPRINT_BYTES) return refuse('grantInvalid');
  return { method, value };
}

/** COSE Key Thumbprint: the hash of the required parameters of the key, and of nothing else (RFC 9679 section 3). */
export function thumbprint(provider: Hash, { curve, publicKey }: Credential): Uint8Array {
  const key = writeCoseKey(new CborWriter(), { curve, publicKey }).finish();
  return provider.hash(Algorithm.SHA_256, key);
}

/**
 * Names a credential: by its kid, where it has one that no other of those known has, else by its thumbprint. `known`:
 * those among which the audience looks.
 */
export function confirmationOf(provider: Hash, credential: Credential, known: CredentialStore): Confirmation {
  const kid = loneKid(credential, known);
  return kid !== undefined && kid.length <= ImplementationLimits.grantMaxKidBytes
    ? { method: ConfirmationMethod.kid, value: kid }
    : { method: ConfirmationMethod.ckt, value: thumbprint(provider, credential) };
}

/** Whether this is the credential that is named. A kid that several of those known have names none of them. */
export function confirms(
  provider: Hash,
  { method, value }: Confirmation,
  credential: Credential,
  known: CredentialStore,
): boolean {
  if (method === ConfirmationMethod.ckt) return equalBytes(value, thumbprint(provider, credential));
  const kid = loneKid(credential, known);
  return kid !== undefined && equalBytes(value, kid);
}

function loneKid({ idCred }: Credential, known: CredentialStore): Uint8Array | undefined {
  return known.candidates(idCred).length > 1 ? undefined : kidOf(idCred);
}
