// SPDX-License-Identifier: Apache-2.0

/**
 * What the server's work is measured against: node:crypto and cbor-x on the messages of one reading, with nothing around
 * them. The record of CPNS-2 and that of CPNS-3 in it are opened, route and message read, and the same made of the
 * receipt. Nothing is checked, looked up, kept or sent.
 */
import { Encoder } from 'cbor-x';
import { BARE_CBOR, createBareAead } from '../bench/server-bare.ts';

/** As PNEs of a load have them once the server knows their names: number 300 of a PNE at flow 100. */
const MESSAGE = [5, 300, { 0: 300, 1: 21.375, 2: 48.5, 3: 'roof', 4: true }];
const FLOW = 100;
/** Kid and number in front of a record, and the byte of its channel. */
const HEAD = new Uint8Array(6);

export function createBareServer(): () => Uint8Array {
  const codec = new Encoder({ ...BARE_CBOR, useFloat32: 3 });
  const [endToEnd, gateway] = [createBareAead(8), createBareAead(16)];
  const record = (message: unknown) => Buffer.concat([HEAD, endToEnd.seal(codec.encode(message))]);
  const route = (held: Uint8Array) => gateway.seal(codec.encode([FLOW, held]));
  const sealed = route(record(MESSAGE));
  return () => {
    const [, held] = codec.decode(gateway.open(sealed)) as [number, Uint8Array];
    const [, number] = codec.decode(endToEnd.open(held.subarray(HEAD.length))) as [number, number];
    return route(record([2, number, 0, 0]));
  };
}
