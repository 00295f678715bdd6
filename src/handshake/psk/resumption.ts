// SPDX-License-Identifier: Apache-2.0

import type { Party } from '../credential.ts';
import type { Established } from '../established.ts';
import { createPreSharedKey, type PreSharedKey } from './credential.ts';

/** Labels that the draft suggests for EDHOC_Exporter (section 6). */
const Label = Object.freeze({ resumptionPsk: 2, resumptionKid: 3 } as const);
/** As in the draft's vectors; its text says hash_length, which would give another key, not a longer one. */
const PSK_LENGTH = 16;
const KID_LENGTH = 2;

/**
 * Returns the key with which these two ends may resume: rPSK under rKID. `initiator` and `responder` are the
 * credentials of the handshake that is resumed, whoever starts the next one.
 */
export function resumptionKey(
  established: Established<Party>,
  initiator: Party,
  responder: Party,
): PreSharedKey {
  const none = new Uint8Array(0);
  const kid = established.exportBytes(Label.resumptionKid, none, KID_LENGTH);
  const secret = established.exportSecret(Label.resumptionPsk, none, PSK_LENGTH);
  return createPreSharedKey(kid, secret, initiator, responder);
}
