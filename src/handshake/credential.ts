// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import { Major } from '../cbor/head.ts';
import { MapKeys } from '../cbor/keys.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { type CoseKey, readCoseKey, writeCoseKey } from '../cose/key.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider, PrivateKey } from '../crypto/provider.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { kidReference, x5tReference } from './id-cred.ts';

/** Who an end is, as both ends know it (RFC 9528 section 3.5). To be trusted where it comes from. */
export interface Party {
  /** CRED_x: the CBOR item that both ends authenticate, byte for byte. */
  readonly cred: Uint8Array;
  /** The `sub` claim of a CCS. */
  readonly subject?: string;
}

/** A party and the public key that it proves itself with. */
export interface Credential extends Party {
  /** ID_CRED_x: the COSE header map that refers to it. */
  readonly idCred: Uint8Array;
  readonly curve: number;
  /** As the crypto door takes it. */
  readonly publicKey: Uint8Array;
}

/** A credential of one's own. */
export interface Identity {
  readonly credential: Credential;
  readonly privateKey: PrivateKey;
}

/** Where the owner finds credentials: what is not there is unknown. */
export interface CredentialStore {
  /** Returns those that a reference names, few or none: which one is meant, the proof shows (section 3.5.3). */
  candidates(idCred: Uint8Array): readonly Credential[];
}

/** COSE number of SHA-256 truncated to 64 bits (RFC 9054 section 2.1). */
const SHA_256_64 = -15;
const SHA_256_64_LENGTH = 8;

/** Labels of a CWT Claims Set (RFC 8392 section 4, RFC 8747 section 3.1). */
const Claim = Object.freeze({ sub: 2, cnf: 8 } as const);
const COSE_KEY = 1;

/** Returns a credential that is found by the kid of its key. `ccs` is kept as it is, as a copy. */
export function ccsCredential(ccs: Uint8Array): Credential {
  const cred = ccs.slice();
  const { key, subject } = readCcs(cred);
  const idCred = kidReference(key.kid ?? refuse('credentialInvalid'));
  const { curve, publicKey } = key;
  return Object.freeze({ idCred, cred, curve, publicKey, ...(subject !== undefined && { subject }) });
}

/**
 * Returns an X.509 credential that is found by x5t, the truncated hash of its DER. The public key comes from
 * whoever has validated the certificate.
 */
export function certificateCredential(
  provider: CryptoProvider,
  certificate: Uint8Array,
  key: Pick<CoseKey, 'curve' | 'publicKey'>,
): Credential {
  const hash = provider.hash(Algorithm.SHA_256, certificate).subarray(0, SHA_256_64_LENGTH);
  return Object.freeze({
    idCred: x5tReference(SHA_256_64, hash),
    cred: new CborWriter().byteString(certificate).finish(),
    curve: key.curve,
    publicKey: key.publicKey.slice(),
  });
}

/** Returns the CCS { 2: subject, 8: { 1: COSE_Key } }. Without a subject it names nobody but the key. */
export function encodeCcs(key: CoseKey, subject?: string): Uint8Array {
  const writer = new CborWriter().map(subject === undefined ? 1 : 2);
  if (subject !== undefined) writer.integer(Claim.sub).textString(subject);
  return writeCoseKey(writer.integer(Claim.cnf).map(1).integer(COSE_KEY), key).finish();
}

/**
 * A store over credentials known beforehand. Refuses with `credentialInvalid`, by name, two of one subject, which
 * would be one peer to whoever goes by subjects, and more of one reference than are tried.
 */
export function createCredentialStore(credentials: readonly Credential[]): CredentialStore {
  const known = credentials.slice();
  const candidates = (idCred: Uint8Array) => known.filter((each) => equalBytes(each.idCred, idCred));
  for (const { idCred, subject } of known) {
    const namesakes = known.filter((each) => each.subject === subject);
    if (subject !== undefined && namesakes.length > 1) refuse('credentialInvalid', `two of ${subject}`);
    const isAmbiguous = candidates(idCred).length > ImplementationLimits.maxCandidates;
    if (isAmbiguous) refuse('credentialInvalid', `too many of the reference of ${subject}`);
  }
  return { candidates };
}

/** Reads strictly what it needs and passes over claims that say nothing about the key. */
function readCcs(ccs: Uint8Array): { key: CoseKey; subject: string | undefined } {
  const reader = new CborReader(ccs);
  const keys = new MapKeys();
  let key: CoseKey | undefined;
  let subject: string | undefined;
  for (let pairs = reader.map(); pairs > 0; pairs--) {
    keys.next(reader.peekItem());
    const label = reader.peekMajor() === Major.textString ? reader.textString() : reader.integer();
    if (label === Claim.sub) subject = reader.textString();
    else if (label === Claim.cnf) key = readConfirmation(reader);
    else reader.skip();
  }
  reader.end();
  return { key: key ?? refuse('credentialInvalid'), subject };
}

function readConfirmation(reader: CborReader): CoseKey {
  if (reader.map() !== 1 || reader.integer() !== COSE_KEY) refuse('credentialInvalid');
  return readCoseKey(reader);
}
