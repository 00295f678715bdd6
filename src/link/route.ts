// SPDX-License-Identifier: Apache-2.0

/**
 * What passes between PN GW and CPNS Server (CPNS-2): end-to-end bytes and the flow they belong to. A
 * flow is the gateway's number for one PNE link; it says where to route, never who the peer is.
 *
 *     routes = 1*route                                       ; a CBOR sequence (RFC 8742): those of one record
 *     route  = [flow: uint .le 4294967295, message: bstr]
 *
 * The message is one of the end-to-end channels (channel.ts).
 */
import { ByteWriter } from '../bytes/writer.ts';
import { headLength, Major, writeHead } from '../cbor/head.ts';
import { CborReader } from '../cbor/reader.ts';
import { refuse } from '../refusal.ts';
import type { ChannelNumber } from './channel.ts';

export interface Route {
  readonly flow: number;
  /** Borrowed from the route. */
  readonly message: Uint8Array;
}

const MAX_FLOW = 0xffffffff;

export function encodeRoute(flow: number, message: Uint8Array): Uint8Array {
  const writer = openRoute(flow, message.length);
  writer.bytes(message);
  return writer.finish();
}

/** The same of the message that is this body behind its channel. */
export function encodeRoutedBody(flow: number, channel: ChannelNumber, body: Uint8Array): Uint8Array {
  const writer = openRoute(flow, 1 + body.length);
  writer.uint8(channel);
  writer.bytes(body);
  return writer.finish();
}

/** For exactly so many bytes of message: what was written is not copied again. */
function openRoute(flow: number, length: number): ByteWriter {
  const writer = new ByteWriter(1 + headLength(flow) + headLength(length) + length);
  writeHead(writer, Major.array, 2);
  writeHead(writer, Major.unsigned, flow);
  writeHead(writer, Major.byteString, length);
  return writer;
}

/** Refuses whatever is not exactly one route. */
export function decodeRoute(bytes: Uint8Array): Route {
  const reader = new CborReader(bytes);
  const route = readRoute(reader);
  reader.end();
  return route;
}

/** Returns each route of a sequence, borrowed from it. Refuses whatever is not one or more routes. */
export function splitRoutes(bytes: Uint8Array): readonly Uint8Array[] {
  const reader = new CborReader(bytes);
  const routes: Uint8Array[] = [];
  do {
    const start = bytes.length - reader.remaining;
    readRoute(reader);
    routes.push(bytes.subarray(start, bytes.length - reader.remaining));
  } while (reader.remaining > 0);
  return routes;
}

function readRoute(reader: CborReader): Route {
  if (reader.array() !== 2) refuse('messageInvalid');
  const flow = reader.unsigned();
  if (flow > MAX_FLOW) refuse('messageInvalid');
  return { flow, message: reader.byteString() };
}
