// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/** Returns the message, or refuses with `tooLong` more than a half-open handshake is to keep. */
export function checkMessageLength(message: Uint8Array): Uint8Array {
  return message.length <= ImplementationLimits.handshakeMaxMessageBytes ? message : refuse('tooLong');
}
