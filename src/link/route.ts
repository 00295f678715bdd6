// SPDX-License-Identifier: Apache-2.0

/**
 * What passes between PN GW and CPNS Server (CPNS-2): end-to-end bytes and the flow they belong to. A
 * flow is the gateway's number for one PNE link; it says where to route, never who the peer is.
 *
 *     route = [flow: uint .le 4294967295, body: bstr]
 */
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { refuse } from '../refusal.ts';

export interface Route {
  readonly flow: number;
  /** Borrowed from the message. */
  readonly body: Uint8Array;
}

const MAX_FLOW = 0xffffffff;

export function encodeRoute(flow: number, body: Uint8Array): Uint8Array {
  return new CborWriter().array(2).integer(flow).byteString(body).finish();
}

/** Refuses whatever is not exactly one route. */
export function decodeRoute(message: Uint8Array): Route {
  const reader = new CborReader(message);
  if (reader.array() !== 2) refuse('messageInvalid');
  const flow = reader.unsigned();
  if (flow > MAX_FLOW) refuse('messageInvalid');
  const body = reader.byteString();
  reader.end();
  return { flow, body };
}
