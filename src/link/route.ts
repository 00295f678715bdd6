// SPDX-License-Identifier: Apache-2.0

/**
 * What passes between PN GW and CPNS Server (CPNS-2): end-to-end bytes and the flow they belong to. A
 * flow is the gateway's number for one PNE link; it says where to route, never who the peer is.
 *
 *     route = [flow: uint .le 4294967295, message: bstr]
 *
 * The message is one of the end-to-end channels (channel.ts).
 */
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { refuse } from '../refusal.ts';

export interface Route {
  readonly flow: number;
  /** Borrowed from the route. */
  readonly message: Uint8Array;
}

const MAX_FLOW = 0xffffffff;

export function encodeRoute(flow: number, message: Uint8Array): Uint8Array {
  return new CborWriter().array(2).integer(flow).byteString(message).finish();
}

/** Refuses whatever is not exactly one route. */
export function decodeRoute(bytes: Uint8Array): Route {
  const reader = new CborReader(bytes);
  if (reader.array() !== 2) refuse('messageInvalid');
  const flow = reader.unsigned();
  if (flow > MAX_FLOW) refuse('messageInvalid');
  const message = reader.byteString();
  reader.end();
  return { flow, message };
}
