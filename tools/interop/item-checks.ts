// SPDX-License-Identifier: Apache-2.0

/** Payloads and protocol items, read and written by cbor2. */
import { isDeepStrictEqual } from 'node:util';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import type { Check } from './check.ts';
import type { End } from './end.ts';

/**
 * What application objects hold. Keys are not in sorted order, and floats are whole, short and long. No
 * infinities: cbor2 always writes them as halves.
 */
const PAYLOADS: readonly unknown[] = Object.freeze([
  { t: 300, u: 10 },
  { unit: 'Cel', n: 'température', v: 21.5, samples: [1, -2, 3.25, 1e300], ok: true, none: null },
  { z: 1, a: { long: 'x'.repeat(100), b: [[], {}] } },
  [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32, Number.MAX_SAFE_INTEGER],
  [-1, -24, -25, -256, -257, -65_537, -(2 ** 32) - 1, Number.MIN_SAFE_INTEGER],
  [0.1, -0.5, 65_504.5, 3.4e38, -1e-300],
  { bytes: Uint8Array.from({ length: 300 }, (_, at) => at & 255), empty: new Uint8Array(0) },
  ['', 'é', '€', '😀', 'a😀b'.repeat(8)],
  [false, true, null, undefined],
]);

const ITEMS = 400;
/** Octets: in hexadecimal it fits a message that a PNE takes, which the program in XS is asked by. */
const LONGEST_ITEM = 1200;

/** RFC 7049 sorts these keys in another order, in which cbor2 writes them when it is to sort. */
const MIXED_KEYS = 'a40a0118640220036161f6';

/** Payloads are ours on Node: that every engine makes the same is for the unit tests. */
export function payloadChecks(theirs: End): Check[] {
  return [
    {
      name: 'payload: what our codec makes is what cbor2 makes of the same value',
      async run() {
        for (const value of PAYLOADS) await checkPayload(theirs, value);
        return `${PAYLOADS.length} payloads, also sorted and shortened by cbor2`;
      },
    },
  ];
}

export function itemChecks(ours: End, theirs: End): Check[] {
  return [
    {
      name: `item   ${ours.name}: cbor2's canonical items come back byte for byte`,
      async run() {
        const { items } = await theirs.ask({
          do: 'make',
          seed: '1',
          count: `${ITEMS}`,
          longest: `${LONGEST_ITEM}`,
        });
        for (const item of items!.split(' ')) {
          const back = await ours.ask({ do: 'reencode', item });
          if (back.item !== item) throw new Error(different(back.item!, item));
        }
        return `${ITEMS} items`;
      },
    },
    {
      name: `item   ${ours.name}: keys in RFC 8949's order are read by cbor2 and kept`,
      async run() {
        const { item } = await ours.ask({ do: 'reencode', item: MIXED_KEYS });
        const { plain } = await theirs.ask({ do: 'reencode', item: item! });
        if (item !== MIXED_KEYS || plain !== item) throw new Error(different(item!, plain!));
        return item;
      },
    },
  ];
}

async function checkPayload(theirs: End, value: unknown): Promise<void> {
  const { encode, decode } = createCborXPayloads();
  const payload = encode(value);
  const { plain, canonical } = await theirs.ask({ do: 'reencode', item: toHex(payload) });
  if (plain !== toHex(payload)) throw new Error(different(toHex(payload), plain!));
  const back = decode(fromHex(canonical!));
  if (!isDeepStrictEqual(back, decode(payload))) throw new Error(different(toHex(payload), canonical!));
}

function different(ours: string, theirs: string): string {
  return `different:\n      ours    ${ours}\n      theirs  ${theirs}`;
}
