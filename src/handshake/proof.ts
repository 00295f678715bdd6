// SPDX-License-Identifier: Apache-2.0

import { concatBytes } from '../bytes/compare.ts';
import { CborWriter } from '../cbor/writer.ts';
import { signatureStructure } from '../cose/structure.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { tagMatches } from '../crypto/tag.ts';
import { refuse } from '../refusal.ts';
import type { Credential, Identity } from './credential.ts';
import { encodeIdentifier } from './identifier.ts';
import { KdfLabel, type KeySchedule } from './key-schedule.ts';
import type { Authentication } from './method.ts';
import type { Suite } from './suite.ts';

/** What one end proves itself over, and how (RFC 9528 sections 5.3.2 and 5.4.2). */
export interface Statement {
  readonly authentication: Authentication;
  readonly credential: Credential;
  /** TH_2 or TH_3. */
  readonly transcript: Uint8Array;
  /** The encoded EAD_2 or EAD_3. */
  readonly ead: Uint8Array;
  /** The Responder's statement covers C_R, the Initiator's does not. */
  readonly cR?: Uint8Array;
}

/** What proofs are made and checked with. */
export interface ProofContext {
  readonly provider: CryptoProvider;
  readonly suite: Suite;
  readonly schedule: KeySchedule;
}

/** Returns Signature_or_MAC. `prk` is PRK_3e2m for the Responder's, PRK_4e3m for the Initiator's. */
export function prove(context: ProofContext, statement: Statement, prk: Secret, own: Identity): Uint8Array {
  const mac = computeMac(context, statement, prk);
  if (statement.authentication === 'static-dh') return mac;
  return context.provider.sign(context.suite.signature, own.privateKey, toBeSigned(statement, mac));
}

/** Refuses with `macInvalid` or `signatureInvalid` a proof that is not the credential's. */
export function checkProof(
  context: ProofContext,
  statement: Statement,
  prk: Secret,
  proof: Uint8Array,
): void {
  const mac = computeMac(context, statement, prk);
  if (statement.authentication === 'static-dh') {
    if (proof.length !== mac.length || !tagMatches(mac, proof, 0)) refuse('macInvalid');
    return;
  }
  const { provider, suite } = context;
  const { publicKey } = statement.credential;
  const verified = provider.verify(suite.signature, publicKey, toBeSigned(statement, mac), proof);
  if (!verified) refuse('signatureInvalid');
}

/**
 * context_2 = << C_R, ID_CRED_R, TH_2, CRED_R, ? EAD_2 >>, context_3 = << ID_CRED_I, TH_3, CRED_I, ? EAD_3 >>.
 * A MAC that is signed is as long as the hash (section 4.1.2).
 */
function computeMac({ suite, schedule }: ProofContext, statement: Statement, prk: Secret): Uint8Array {
  const { authentication, cR, credential } = statement;
  const label = cR === undefined ? KdfLabel.MAC_3 : KdfLabel.MAC_2;
  const start = cR === undefined ? new Uint8Array(0) : encodeIdentifier(cR);
  const context = concatBytes(start, credential.idCred, authenticated(statement));
  const length = authentication === 'static-dh' ? suite.macLength : schedule.hashLength;
  return schedule.expand(prk, label, context, length);
}

/** The Sig_structure over protected = << ID_CRED >>, external_aad = << TH, CRED, ? EAD >>, payload = MAC. */
function toBeSigned(statement: Statement, mac: Uint8Array): Uint8Array {
  return signatureStructure(statement.credential.idCred, authenticated(statement), mac);
}

function authenticated({ transcript, credential, ead }: Statement): Uint8Array {
  return new CborWriter().byteString(transcript).encoded(credential.cred).encoded(ead).finish();
}
