// SPDX-License-Identifier: Apache-2.0

/**
 * What a message on CPNS-1 (PNE - PN GW) is for, in its first byte:
 *
 *     +---------+------------------+
 *     | channel | body             |
 *     +---------+------------------+
 *
 * A link carries the channels of the hop. Inside a hop record are the channels of CPNS-3 (PNE - CPNS
 * Server), which the gateway relays unread, and contents of groups, which it passes on to their members. `delegated` hop
 * records are bare: the link protects them. A PNE that has nothing but a code has a channel of its own.
 */
import { withHead } from '../bytes/copy.ts';
import { refuse } from '../refusal.ts';

export const Channel = Object.freeze({
  /** A handshake message of CPNS-1. */
  hopHandshake: 1,
  /** A record of CPNS-1, around a message of the channels below. */
  hopRecord: 2,
  /** A handshake message of CPNS-3. */
  endToEndHandshake: 3,
  /** A record of CPNS-3. */
  endToEndRecord: 4,
  /** A content of a group (src/groups/content.ts). */
  groupContent: 5,
  /** A handshake message by which a PNE joins (src/roles/onboarding.ts): no hop is secured yet, it lies bare on the link. */
  onboarding: 12,
  /** Between two gateways: a byte with a status, whether contents are taken (src/roles/gateway-bridge.ts). */
  bridgeState: 13,
} as const);

export type ChannelNumber = (typeof Channel)[keyof typeof Channel];
export type HopChannel = typeof Channel.hopHandshake | typeof Channel.hopRecord;
export type EndToEndChannel =
  | typeof Channel.endToEndHandshake
  | typeof Channel.endToEndRecord
  | typeof Channel.groupContent;

export interface ChannelMessage<Number extends ChannelNumber = ChannelNumber> {
  readonly channel: Number;
  /** Borrowed from the message. */
  readonly body: Uint8Array;
}

export function encodeChannelMessage(channel: number, body: Uint8Array): Uint8Array {
  return withHead(channel, 1, body);
}

/** Reads a message of the link. Refuses `frameInvalid` for another channel or an empty body. */
export function decodeHopMessage(message: Uint8Array): ChannelMessage<HopChannel> {
  const channel = message[0];
  if (channel !== Channel.hopHandshake && channel !== Channel.hopRecord) return refuse('frameInvalid');
  return { channel, body: bodyOf(message) };
}

/** Returns what a message of the onboarding holds, or undefined where `message` is none. Refuses an empty one. */
export function onboardingBody(message: Uint8Array): Uint8Array | undefined {
  return message[0] === Channel.onboarding ? bodyOf(message) : undefined;
}

/** Reads what a hop record holds. Refuses `frameInvalid` for another channel or an empty body. */
export function decodeEndToEndMessage(message: Uint8Array): ChannelMessage<EndToEndChannel> {
  const channel = message[0];
  switch (channel) {
    case Channel.endToEndHandshake:
    case Channel.endToEndRecord:
    case Channel.groupContent:
      return { channel, body: bodyOf(message) };
    default:
      return refuse('frameInvalid');
  }
}

/** What is behind the channel, borrowed. Refuses `frameInvalid` where that is nothing. */
export function bodyOf(message: Uint8Array): Uint8Array {
  return message.length > 1 ? message.subarray(1) : refuse('frameInvalid');
}
