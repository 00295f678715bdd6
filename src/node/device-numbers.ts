// SPDX-License-Identifier: Apache-2.0

/**
 * Numbers by which grants of external entities name devices, over the key-value contract:
 *
 *     key = 'n' device-id        number: uint, from 1 on
 *     key = 'm'                  the highest so far: uint
 *
 * A number is given when a grant first names the device, and is its name's for good. Another process may give some.
 */
import { concatBytes } from '../bytes/compare.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { follow } from './store/following.ts';
import { type Entry, entriesUnder, type KeyValueStore } from './store/store.ts';

const ENTRIES = Uint8Array.of(0x6e);
const HIGHEST = Uint8Array.of(0x6d);

export interface DeviceNumbers {
  numberOf(id: string): number | undefined;
  close(): void;
}

export async function openDeviceNumbers(
  store: KeyValueStore,
  onFailed: (error: Error) => void,
): Promise<DeviceNumbers> {
  let numbers: ReadonlyMap<string, number> = new Map();
  const read = async () => {
    numbers = await readNumbers(store);
  };
  const { close } = await follow({ store, edition: HIGHEST, read, onFailed });
  return { numberOf: (id) => numbers.get(id), close };
}

export async function readNumbers(store: KeyValueStore): Promise<ReadonlyMap<string, number>> {
  const numbers = new Map<string, number>();
  for await (const entry of entriesUnder(store, ENTRIES))
    numbers.set(decodeUtf8(entry.key.subarray(ENTRIES.length)), numberIn(entry));
  return numbers;
}

/** Returns the number of a device, once it has one for good. */
export async function numberDevice(store: KeyValueStore, id: string): Promise<number> {
  const key = concatBytes(ENTRIES, encodeUtf8(id));
  const [known, highest] = [await store.get(key), await store.get(HIGHEST)];
  if (known !== undefined) return numberIn(known);
  const number = 1 + (highest === undefined ? 0 : numberIn(highest));
  const value = new CborWriter().integer(number).finish();
  const version = await store.commit({
    expected: [
      { key, version: undefined },
      { key: HIGHEST, version: highest?.version },
    ],
    puts: [
      { key, value },
      { key: HIGHEST, value },
    ],
  });
  return version === undefined ? numberDevice(store, id) : number;
}

function numberIn({ value }: Entry): number {
  const reader = new CborReader(value);
  const number = reader.unsigned();
  reader.end();
  return number;
}
