// SPDX-License-Identifier: Apache-2.0

import { concatBytes, equalBytes } from '../bytes/compare.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { Curve } from '../crypto/curves.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { type Credential, ccsCredential, encodeCcs } from './credential.ts';

/**
 * What a credential of a P-256 key says, and nothing that follows from that, so that it fits one record of a device:
 *
 *     +--------+---------+----------+-----------------------+
 *     | sign   | kid     | x        | subject               |
 *     | 1 byte | 3 bytes | 32 bytes | 0 to 10 bytes, UTF-8  |
 *     +--------+---------+----------+-----------------------+
 *
 * `sign` is 1 where y is odd, else 0. Without a subject there is none.
 */
const KID_BYTES = 3;
const X_BYTES = 32;
const SUBJECT = 1 + KID_BYTES + X_BYTES;

/** Undefined for a credential of another form. */
export function compactCredential(credential: Credential): Uint8Array | undefined {
  const { curve, publicKey, idCred, subject = '' } = credential;
  if (curve !== Curve.P256) return undefined;
  const kid = idCred.subarray(idCred.length - KID_BYTES);
  const bytes = joined(publicKey, kid, subject);
  const isSame = equalBytes(rebuilt(publicKey, kid, subject).cred, credential.cred);
  return isSame && bytes.length <= ImplementationLimits.compactCredentialMaxBytes ? bytes : undefined;
}

/** Refuses with `credentialInvalid` what is none, with `publicKeyInvalid` an x without a point. */
export function wholeCredential(provider: CryptoProvider, bytes: Uint8Array): Credential {
  const isOdd = bytes[0] === 1;
  if (bytes.length < SUBJECT || (bytes[0] !== 0 && !isOdd)) refuse('credentialInvalid');
  if (bytes.length > ImplementationLimits.compactCredentialMaxBytes) refuse('credentialInvalid');
  const publicKey = provider.wholeKey(Curve.P256, bytes.subarray(1 + KID_BYTES, SUBJECT), isOdd);
  return rebuilt(publicKey, bytes.subarray(1, 1 + KID_BYTES), decodeUtf8(bytes.subarray(SUBJECT)));
}

/** The credential of a device that made its key itself: its reference is the beginning of x. */
export function ownCredential(publicKey: Uint8Array, subject: string): Credential {
  return rebuilt(publicKey, publicKey.subarray(0, KID_BYTES), subject);
}

function rebuilt(publicKey: Uint8Array, kid: Uint8Array, subject: string): Credential {
  const key = { curve: Curve.P256, publicKey, kid };
  return ccsCredential(encodeCcs(key, subject === '' ? undefined : subject));
}

function joined(publicKey: Uint8Array, kid: Uint8Array, subject: string): Uint8Array {
  const head = new Uint8Array(SUBJECT);
  head[0] = publicKey[publicKey.length - 1]! & 1;
  head.set(kid, 1);
  head.set(publicKey.subarray(0, X_BYTES), 1 + KID_BYTES);
  return concatBytes(head, encodeUtf8(subject));
}
