// SPDX-License-Identifier: Apache-2.0

/**
 * What a message on CPNS-2 (PN GW - CPNS Server) is for, in its first byte. The numbers are none of CPNS-1's
 * (channel.ts), and the form is the same:
 *
 *     +---------+------------------+
 *     | channel | body             |
 *     +---------+------------------+
 *
 * The link carries handshake messages and records of CPNS-2. In a record are routes (route.ts), a control message
 * (src/roles/gateway-control.ts), or what a gateway asks for and is answered (src/roles/service-message.ts). Records of
 * which everything is `delegated` to the link are bare.
 */
import { refuse } from '../refusal.ts';
import { bodyOf, type ChannelMessage } from './channel.ts';

export const GatewayChannel = Object.freeze({
  handshake: 8,
  record: 9,
  /** Within a record. */
  routes: 10,
  control: 11,
  services: 14,
} as const);

export type OuterChannel = typeof GatewayChannel.handshake | typeof GatewayChannel.record;
export type InnerChannel = Exclude<(typeof GatewayChannel)[keyof typeof GatewayChannel], OuterChannel>;

const INNER: readonly number[] = Object.freeze([
  GatewayChannel.routes,
  GatewayChannel.control,
  GatewayChannel.services,
] satisfies InnerChannel[]);

interface Message<Number extends number> extends Omit<ChannelMessage, 'channel'> {
  readonly channel: Number;
}

/** Reads a message of the link. Refuses `frameInvalid` for another channel or an empty body. */
export function decodeOuter(message: Uint8Array): Message<OuterChannel> {
  const channel = message[0];
  if (channel !== GatewayChannel.handshake && channel !== GatewayChannel.record)
    return refuse('frameInvalid');
  return { channel, body: bodyOf(message) };
}

/** Reads what a record holds. Refuses `frameInvalid` for another channel or an empty body. */
export function decodeInner(message: Uint8Array): Message<InnerChannel> {
  const channel = message[0];
  if (channel === undefined || !INNER.includes(channel)) return refuse('frameInvalid');
  return { channel: channel as InnerChannel, body: bodyOf(message) };
}
