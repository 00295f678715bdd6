// SPDX-License-Identifier: Apache-2.0

/**
 * What the work of all is measured against: node:crypto and cbor-x on the messages of a reading of each PNE and of its
 * receipt, under the keys that they have, one for each PNE or gateway, interface and direction, with nothing around
 * them. Nothing is checked, looked up, kept or sent.
 */
import { Encoder } from 'cbor-x';
import { BARE_CBOR, createBareAead } from '../bench/server-bare.ts';

/** As PNEs of a load have them once the server knows their names. */
const readingOf = (number: number) => [5, number, { 0: number, 1: 21.375, 2: 48.5, 3: 'roof', 4: true }];
/** Kid and number in front of a record, and the byte of its channel. */
const HEAD = new Uint8Array(6);
const FIRST_NUMBER = 300;

type Aead = ReturnType<typeof createBareAead>;

/** Keys of a PNE with its gateway and with the server, and of that gateway with the server, in both directions. */
interface Keys {
  readonly hop: Directions;
  readonly endToEnd: Directions;
  readonly between: Directions;
  readonly flow: number;
}

interface Directions {
  readonly up: Aead;
  readonly down: Aead;
}

export interface Bare {
  /** The server's part: opens what the gateway sends, reads it, and seals the receipt. Returns what it sends back. */
  readonly server: () => Uint8Array;
  /** Everybody's: from the PNE's value through gateway and server to the PNE's receipt. */
  readonly everybody: () => unknown;
}

/** Each call is of the next PNE. PNE i is at gateway i modulo their number. */
export function createBare(pnes: number, gateways: number): Bare {
  const codec = new Encoder({ ...BARE_CBOR, useFloat32: 3 });
  const keys = keysOf(pnes, gateways);
  const record = (aead: Aead, message: unknown) => Buffer.concat([HEAD, aead.seal(codec.encode(message))]);
  const read = (aead: Aead, held: Uint8Array) => codec.decode(aead.open(held.subarray(HEAD.length)));
  const route = ({ flow }: Keys, aead: Aead, held: Uint8Array) => aead.seal(codec.encode([flow, held]));
  const routed = (aead: Aead, sealed: Uint8Array) =>
    (codec.decode(aead.open(sealed)) as [number, Uint8Array])[1];
  let turn = 0;

  function serve(of: Keys, sealed: Uint8Array): Uint8Array {
    const { between, endToEnd } = of;
    const [, number] = read(endToEnd.up, routed(between.up, sealed)) as [number, number];
    return route(of, between.down, record(endToEnd.down, [2, number, 0, 0]));
  }

  const sealed = keys.map((of) => route(of, of.between.up, record(of.endToEnd.up, readingOf(FIRST_NUMBER))));
  return {
    server() {
      const at = turn++ % pnes;
      return serve(keys[at]!, sealed[at]!);
    },
    everybody() {
      const of = keys[turn++ % pnes]!;
      const { hop, endToEnd, between } = of;
      const up = hop.up.seal(record(endToEnd.up, readingOf(FIRST_NUMBER + turn)));
      const answer = serve(of, route(of, between.up, hop.up.open(up)));
      return read(endToEnd.down, hop.down.open(hop.down.seal(routed(between.down, answer))));
    },
  };
}

function keysOf(pnes: number, gateways: number): Keys[] {
  const directions = (tagLength: 8 | 16): Directions => ({
    up: createBareAead(tagLength),
    down: createBareAead(tagLength),
  });
  const between = Array.from({ length: gateways }, () => directions(16));
  return Array.from({ length: pnes }, (_, flow) => ({
    hop: directions(8),
    endToEnd: directions(8),
    between: between[flow % gateways]!,
    flow,
  }));
}
