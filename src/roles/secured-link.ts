// SPDX-License-Identifier: Apache-2.0

import { encodeChannelMessage } from '../link/channel.ts';
import { GatewayChannel, type InnerChannel } from '../link/gateway-channel.ts';
import type { Link } from '../link/link.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { SecureChannel } from './secure-channel.ts';

/** Routes over a link of CPNS-2, in records of the channel that `channel` returns: undefined, nothing passes. */
export function routesOver(link: Link, channel: () => SecureChannel | undefined): Link {
  return {
    send: (route) => sendRecord(link, channel(), GatewayChannel.route, route),
    attestation: () => link.attestation(),
    close: () => link.close(),
  };
}

/** Sends a route or a control message of CPNS-2, as `sendProtected` does. */
export function sendRecord(
  link: Link,
  channel: SecureChannel | undefined,
  kind: InnerChannel,
  body: Uint8Array,
): void {
  sendProtected(link, channel, encodeChannelMessage(kind, body));
}

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
