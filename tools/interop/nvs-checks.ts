// SPDX-License-Identifier: Apache-2.0

/** Images of a device's NVS partition, beside those of Espressif's generator. */
import { isDeepStrictEqual } from 'node:util';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { readNvs } from '../provision/nvs-reader.ts';
import { writeNvs } from '../provision/nvs-writer.ts';
import type { Check } from './check.ts';
import type { End } from './end.ts';

const NAMESPACE = 'pne';
const SIZE = 0x6000;
/**
 * Bytes of a provisioning and of a sensor's number, and around what fills entries and pages. Where a page has one entry
 * left the generator begins a blob there, without a byte of it, and we in the next page: both are read.
 */
const LENGTHS: readonly (readonly [number, number])[] = Object.freeze([
  [60, 1],
  [320, 3],
  [32, 64],
  [33, 1],
  [3870, 40],
  [4000, 4000],
  [9000, 5],
]);

export function nvsChecks(theirs: End): Check[] {
  return [
    {
      name: "nvs    what Espressif's generator writes we read, and we write the same",
      async run() {
        for (const [at, lengths] of LENGTHS.entries()) await compare(theirs, valuesOf(at + 1, lengths));
        return `${LENGTHS.length} partitions, byte for byte`;
      },
    },
  ];
}

function valuesOf(seed: number, lengths: readonly [number, number]): Record<string, Uint8Array> {
  const [provisioning, sensor] = lengths.map((length) =>
    Uint8Array.from({ length }, (_, at) => (at * (2 * seed + 1) + (at >> 8)) & 0xff),
  );
  return { provisioning: provisioning!, sensor: sensor! };
}

async function compare(theirs: End, values: Record<string, Uint8Array>): Promise<void> {
  const asked = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, toHex(value)]));
  const { partition } = await theirs.ask({
    do: 'make_partition',
    size: `${SIZE}`,
    namespace: NAMESPACE,
    ...asked,
  });
  const read = Object.fromEntries(readNvs(fromHex(partition!)).get(NAMESPACE)!);
  if (!isDeepStrictEqual(read, values)) throw new Error('read otherwise');
  if (toHex(writeNvs(NAMESPACE, values, SIZE)) !== partition) throw new Error('written otherwise');
}
