// SPDX-License-Identifier: Apache-2.0

/** What attackers make of messages. */
import { Channel } from '../../../src/link/channel.ts';
import { GatewayChannel } from '../../../src/link/gateway-channel.ts';
import { decodeRoute } from '../../../src/link/route.ts';
import { Reason as OwnReason, Refusal } from '../../../src/refusal.ts';
import type { Reason } from './strike.ts';

/** Of a message that is long. */
const SHOWN_FIRST = 32;
const SHOWN_LAST = 8;

/** A record of CPNS-2. */
export function isRecord(message: Uint8Array): boolean {
  return message[0] === GatewayChannel.record;
}

/** A route that carries a record of CPNS-3. */
export function isEndToEnd(route: Uint8Array): boolean {
  return decodeRoute(route).message[0] === Channel.endToEndRecord;
}

/** The same with its last bit another. */
export function flipped(message: Uint8Array): Uint8Array {
  const changed = message.slice();
  changed[changed.length - 1]! ^= 1;
  return changed;
}

export function contains(bytes: Uint8Array, part: Uint8Array): boolean {
  return Buffer.from(bytes).includes(Buffer.from(part));
}

/** In hexadecimal, as people look at them: of a long one its beginning and its end. */
export function shown(bytes: Uint8Array): string {
  if (bytes.length <= SHOWN_FIRST + SHOWN_LAST) return hexOf(bytes);
  const [first, last] = [bytes.subarray(0, SHOWN_FIRST), bytes.subarray(-SHOWN_LAST)];
  return `${hexOf(first)} ... ${hexOf(last)} (${bytes.length} bytes)`;
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Why something was refused; undefined where it was not. */
export function refusalOf(work: () => void): Reason | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { name: error.reasonName, number: OwnReason[error.reasonName] };
  }
}

/** Of a control: what the attack should have worked as. */
export function works(isSo: boolean, what: string): string {
  if (!isSo) throw new Error(`without the protection it does not work either: ${what}`);
  return what;
}
