// SPDX-License-Identifier: Apache-2.0

import type { Established } from '../handshake/established.ts';
import type { Choice, ChosenProtection } from '../negotiation/select.ts';
import { createSession } from '../session/session.ts';

/** Messages in both directions, protected as was agreed: records, or bare where the link does it all. */
export interface SecureChannel {
  /** Returns a message for the link, owned by the caller. Refuses what src/session refuses. */
  protect(message: Uint8Array): Uint8Array;
  /** Returns the message, owned by the caller, or refuses and changes nothing. */
  unprotect(message: Uint8Array): Uint8Array;
  /** Wipes the keys. Safe to call twice. */
  close(): void;
}

/** Makes the session of a handshake, whose keys it takes over and which it closes. */
export function openChannel(
  established: Established,
  { toResponder, toInitiator }: Choice,
  end: 'initiator' | 'responder',
): SecureChannel {
  const [sent, received] = end === 'initiator' ? [toResponder, toInitiator] : [toInitiator, toResponder];
  const exported = toResponder.recordAlgorithm ?? toInitiator.recordAlgorithm;
  const channel = exported === undefined ? BARE : sessionChannel(established, exported, sent, received);
  established.close();
  return channel;
}

const BARE: SecureChannel = Object.freeze({
  protect: (message: Uint8Array) => message.slice(),
  unprotect: (message: Uint8Array) => message.slice(),
  close(): void {},
});

/** Both ends export for the same algorithm, so that they have the same secret whatever each sends with. */
function sessionChannel(
  established: Established,
  exported: number,
  sent: ChosenProtection,
  received: ChosenProtection,
): SecureChannel {
  const context = established.securityContext(exported);
  const session = createSession(
    {
      ...context,
      algorithm: sent.recordAlgorithm ?? exported,
      recipientAlgorithm: received.recordAlgorithm ?? exported,
    },
    // The keys are new and live in memory alone: no number of theirs was used before or will be after.
    { firstSequenceNumber: 0, reserve(): void {} },
  );
  context.masterSecret.wipe();
  return {
    protect: sent.recordAlgorithm === undefined ? BARE.protect : session.protect,
    unprotect: received.recordAlgorithm === undefined ? BARE.unprotect : session.unprotect,
    close: session.close,
  };
}
