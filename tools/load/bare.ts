// SPDX-License-Identifier: Apache-2.0

/**
 * What the work of all is measured against: node:crypto and cbor-x on the messages of one reading and of its receipt, with
 * nothing around them. Nothing is checked, looked up, kept or sent.
 */
import { Encoder } from 'cbor-x';
import { BARE_CBOR, createBareAead } from '../bench/server-bare.ts';

/** As PNEs of a load have them once the server knows their names: number 300 of a PNE at flow 100. */
const READING = [5, 300, { 0: 300, 1: 21.375, 2: 48.5, 3: 'roof', 4: true }];
const FLOW = 100;
/** Kid and number in front of a record, and the byte of its channel. */
const HEAD = new Uint8Array(6);

export interface Bare {
  /** The server's part: opens what the gateway sends, reads it, and seals the receipt. Returns what it sends back. */
  readonly server: () => Uint8Array;
  /** Everybody's: from the PNE's value through gateway and server to the PNE's receipt. */
  readonly everybody: () => unknown;
}

export function createBare(): Bare {
  const codec = new Encoder({ ...BARE_CBOR, useFloat32: 3 });
  const [hop, endToEnd, between] = [createBareAead(8), createBareAead(8), createBareAead(16)];
  const record = (message: unknown) => Buffer.concat([HEAD, endToEnd.seal(codec.encode(message))]);
  const read = (held: Uint8Array) => codec.decode(endToEnd.open(held.subarray(HEAD.length)));
  const route = (held: Uint8Array) => between.seal(codec.encode([FLOW, held]));
  const routed = (sealed: Uint8Array) => (codec.decode(between.open(sealed)) as [number, Uint8Array])[1];

  function serve(sealed: Uint8Array): Uint8Array {
    const [, number] = read(routed(sealed)) as [number, number];
    return route(record([2, number, 0, 0]));
  }

  const sealed = route(record(READING));
  return {
    server: () => serve(sealed),
    everybody() {
      const up = hop.seal(record(READING));
      const answer = serve(route(hop.open(up)));
      return read(hop.open(hop.seal(routed(answer))));
    },
  };
}
