// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../limits.ts';

/*
 * Who sends again, and until when:
 *
 * - Whoever waits for an answer sends its stored message again, byte for byte: the Initiator message_1 and
 *   message_3, the Responder nothing. The waits double (RFC 7252 section 4.2).
 * - Whoever has answered answers a duplicate of what it answered with its stored answer (RFC 9528 section 7).
 * - What is neither the awaited message nor such a duplicate is refused and changes nothing.
 * - After the last wait the handshake has failed and its owner closes it. A Responder closes a handshake that
 *   has been half open for `halfOpenLifetimeMs`. Its owner may close it for another one once no message_1 of it
 *   came for `halfOpenGraceMs` (src/roles/half-open.ts).
 */

const { handshakeFirstTimeoutMs, handshakeMaxTransmissions } = ImplementationLimits;

/**
 * How long to wait after a message was sent for the `transmission`-th time, from 1. `jitter`, from 0 to 1, comes
 * from the caller's random source and lengthens the wait by up to half. Returns undefined once it is time to
 * give up.
 */
export function waitMs(transmission: number, jitter: number): number | undefined {
  if (transmission > handshakeMaxTransmissions) return undefined;
  return Math.round(handshakeFirstTimeoutMs * 2 ** (transmission - 1) * (1 + jitter / 2));
}

/** The two shortest waits: who sends a message a third time sent it first at least so long ago. */
export const halfOpenGraceMs = (1 + 2) * handshakeFirstTimeoutMs;

/** As long as the slowest Initiator waits for all its messages 3, and as long again for message_1. */
export const halfOpenLifetimeMs = 2 * 1.5 * handshakeFirstTimeoutMs * (2 ** handshakeMaxTransmissions - 1);
