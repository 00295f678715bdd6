// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../../bytes/compare.ts';
import type { Secret } from '../../crypto/provider.ts';
import { refuse } from '../../refusal.ts';
import type { Party } from '../credential.ts';
import { kidReference } from '../id-cred.ts';

/** METHOD of EDHOC-PSK: the number that the draft suggests, not yet IANA's. */
export const PSK_METHOD = 4;

/**
 * The one version of the draft that is spoken: draft-ietf-lake-edhoc-psk-08, in the reading of its vectors
 * (tools/vectors/edhoc-psk-draft/SOURCE.txt). Both ends name it, so that another can come beside it.
 */
export type PskVersion = 8;

/** A pre-shared key, and who shares it. */
export interface PreSharedKey {
  /** ID_CRED_PSK, as a header map. */
  readonly idCred: Uint8Array;
  /** At least 128 bits of entropy. Stays the owner's to wipe. */
  readonly secret: Secret;
  /** CRED_I and CRED_R: after a handshake with public keys, those of that handshake. */
  readonly initiator: Party;
  readonly responder: Party;
}

/** Refuses with `credentialInvalid` a key whose ends are one: either could then be led to itself. */
export function createPreSharedKey(
  kid: Uint8Array,
  secret: Secret,
  initiator: Party,
  responder: Party,
): PreSharedKey {
  if (equalBytes(initiator.cred, responder.cred)) refuse('credentialInvalid');
  return Object.freeze({ idCred: kidReference(kid), secret, initiator, responder });
}

/** Refuses a version that is not spoken. */
export function checkVersion(version: number): void {
  if (version !== 8) refuse('methodNotSupported');
}
