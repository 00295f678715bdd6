// SPDX-License-Identifier: Apache-2.0

/**
 * What a device's store takes in NVS (ESP-IDF, "Non-Volatile Storage Library"): entries of 32 bytes, 126 in a page of
 * 4 KB. A blob takes one for its index, one for its header and one for each 32 bytes begun, a namespace one. NVS writes
 * what is new before it gives up what is old, into a page that it keeps free, which is not counted here.
 */
import { PLACES } from '../../src/store/place.ts';
import { SEAL_LENGTH } from '../../src/store/seal.ts';
import { HEAD_LENGTH } from '../../src/store/sealed-store.ts';
import { MAX_RECORD_CONTENT } from '../../src/store/store.ts';
import { entriesFor, PAGE_ENTRIES } from '../provision/nvs.ts';

const NAMESPACE_ENTRIES = 1;

export function blobEntries(bytes: number): number {
  return 2 + entriesFor(bytes);
}

export interface StoreSize {
  readonly records: number;
  /** Bytes of the longest one. */
  readonly recordBytes: number;
  readonly entries: number;
  /** A line where they are too many. */
  readonly problems: readonly string[];
}

/** A store in which every place has the longest record. */
export function fullestStore(longest = SEAL_LENGTH + MAX_RECORD_CONTENT): StoreSize {
  const head = SEAL_LENGTH + HEAD_LENGTH;
  const entries = NAMESPACE_ENTRIES + blobEntries(head) + PLACES * blobEntries(longest);
  const problems =
    entries > PAGE_ENTRIES
      ? [
          `the device's store takes ${entries} entries of NVS, ${entries - PAGE_ENTRIES} over 4 KB: see src/store/store.ts`,
        ]
      : [];
  return { records: PLACES + 1, recordBytes: Math.max(longest, head), entries, problems };
}

export function formatStore({ records, recordBytes, entries }: StoreSize): string {
  return (
    `device's store at its fullest: ${records} records of at most ${recordBytes} bytes, ` +
    `${entries} of the ${PAGE_ENTRIES} entries that 4 KB of NVS have`
  );
}
