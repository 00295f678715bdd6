// SPDX-License-Identifier: Apache-2.0

import { encodeChannelMessage } from '../link/channel.ts';
import { GatewayChannel } from '../link/gateway-channel.ts';
import type { Link } from '../link/link.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { SecureChannel } from './secure-channel.ts';

/** Refuses `linkClosed` where nothing is agreed, what the channel refuses, and what the link does. */
export function sendProtected(link: Link, channel: SecureChannel | undefined, message: Uint8Array): void {
  if (channel === undefined) refuse('linkClosed');
  const record = closingAtKeyEnd(link, () => channel.protect(message));
  link.send(encodeChannelMessage(GatewayChannel.record, record));
}

/** A link whose keys are used up ends: both ends begin again on the next one. */
export function closingAtKeyEnd<Result>(link: Link, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const isEnd =
      error instanceof Refusal &&
      (error.reasonName === 'keyLimitReached' || error.reasonName === 'sequenceExhausted');
    if (isEnd) link.close();
    throw error;
  }
}
