// SPDX-License-Identifier: Apache-2.0

import { concatBytes, equalBytes } from '../bytes/compare.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { Curve } from '../crypto/curves.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { type Credential, ccsCredential, encodeCcs } from './credential.ts';
import { kidOf } from './id-cred.ts';

/**
 * What a credential of a P-256 key says, and nothing that follows from that, so that it fits one record of a device:
 *
 *     +----------------------+--------------+----------+-----------------+
 *     | 2 * bytes of kid     | kid          | x        | subject         |
 *     | + 1 where y is odd   | 1 to 3 bytes | 32 bytes | the rest, UTF-8 |
 *     +----------------------+--------------+----------+-----------------+
 *
 * Without a subject there is none.
 */
const MAX_KID_BYTES = 3;
const X_BYTES = 32;

/** Undefined for a credential of another form, or a longer one. */
export function compactCredential(credential: Credential): Uint8Array | undefined {
  const { curve, publicKey, cred, subject = '' } = credential;
  if (curve !== Curve.P256) return undefined;
  const kid = kidOf(credential.idCred);
  if (kid === undefined || kid.length === 0 || kid.length > MAX_KID_BYTES) return undefined;
  if (!equalBytes(rebuilt(publicKey, kid, subject).cred, cred)) return undefined;
  const head = 2 * kid.length + (publicKey[publicKey.length - 1]! & 1);
  const x = publicKey.subarray(0, X_BYTES);
  const bytes = concatBytes(Uint8Array.of(head), kid, x, encodeUtf8(subject));
  return bytes.length <= ImplementationLimits.compactCredentialMaxBytes ? bytes : undefined;
}

/** Refuses with `credentialInvalid` what is none, with `publicKeyInvalid` an x without a point. */
export function wholeCredential(provider: CryptoProvider, bytes: Uint8Array): Credential {
  const head = bytes[0] ?? 0;
  const x = 1 + (head >> 1);
  const subject = x + X_BYTES;
  const isFitting = bytes.length >= subject && bytes.length <= ImplementationLimits.compactCredentialMaxBytes;
  if (x === 1 || x > 1 + MAX_KID_BYTES || !isFitting) refuse('credentialInvalid');
  const publicKey = provider.wholeKey(Curve.P256, bytes.subarray(x, subject), (head & 1) === 1);
  return rebuilt(publicKey, bytes.subarray(1, x), decodeUtf8(bytes.subarray(subject)));
}

/** The credential of a device that made its key itself: its reference is the beginning of x. */
export function ownCredential(publicKey: Uint8Array, subject: string): Credential {
  return rebuilt(publicKey, publicKey.subarray(0, MAX_KID_BYTES), subject);
}

function rebuilt(publicKey: Uint8Array, kid: Uint8Array, subject: string): Credential {
  const key = { curve: Curve.P256, publicKey, kid };
  return ccsCredential(encodeCcs(key, subject === '' ? undefined : subject));
}
