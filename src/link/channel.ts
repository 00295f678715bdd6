// SPDX-License-Identifier: Apache-2.0

/**
 * What a link message on CPNS-1 (PNE - PN GW) is for, in its first byte:
 *
 *     +---------+------------------+
 *     | channel | body             |
 *     +---------+------------------+
 */
import { refuse } from '../refusal.ts';

export const Channel = Object.freeze({
  /** A record of CPNS-3, end to end between PNE and CPNS Server. The gateway relays it unread. */
  endToEnd: 1,
} as const);

export type ChannelNumber = (typeof Channel)[keyof typeof Channel];

export interface ChannelMessage {
  readonly channel: ChannelNumber;
  /** Borrowed from the link message. */
  readonly body: Uint8Array;
}

export function encodeChannelMessage(channel: ChannelNumber, body: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + body.length);
  message[0] = channel;
  message.set(body, 1);
  return message;
}

/** Refuses `frameInvalid` for an unknown channel or an empty body. */
export function decodeChannelMessage(message: Uint8Array): ChannelMessage {
  const channel = message[0];
  if (channel !== Channel.endToEnd || message.length < 2) refuse('frameInvalid');
  return { channel, body: message.subarray(1) };
}
