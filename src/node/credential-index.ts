// SPDX-License-Identifier: Apache-2.0

import { toHex } from '../bytes/hex.ts';
import type { Credential, CredentialStore } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

const NOBODY: readonly Credential[] = Object.freeze([]);

/**
 * What `createCredentialStore` (src/handshake/credential.ts) makes of a few, for any number of them: whoever is named is
 * found without looking at the others. Refuses the same.
 */
export function createCredentialIndex(credentials: readonly Credential[]): CredentialStore {
  const byReference = new Map<string, Credential[]>();
  const subjects = new Set<string>();
  for (const credential of credentials) {
    const { idCred, subject } = credential;
    if (subject !== undefined && subjects.has(subject)) refuse('credentialInvalid', `two of ${subject}`);
    if (subject !== undefined) subjects.add(subject);
    const reference = toHex(idCred);
    const named = byReference.get(reference) ?? [];
    byReference.set(reference, named);
    if (named.push(credential) > ImplementationLimits.maxCandidates)
      refuse('credentialInvalid', `too many of the reference of ${subject}`);
  }
  return { candidates: (idCred) => byReference.get(toHex(idCred)) ?? NOBODY };
}
