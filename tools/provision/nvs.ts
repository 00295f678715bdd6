// SPDX-License-Identifier: Apache-2.0

/**
 * The format of ESP-IDF's key-value storage, version 2 (ESP-IDF, "Non-Volatile Storage Library", Internals), of which
 * everything is little-endian. A partition is pages of 4 KB:
 *
 *     page   = state (4) ‖ sequence number (4) ‖ version (1) ‖ 19 × ff ‖ CRC of bytes 4 to 28 (4)
 *              ‖ bitmap (32): two bits an entry, 3 empty, 2 written, 0 erased
 *              ‖ 126 entries (32)
 *     entry  = namespace (1) ‖ type (1) ‖ span (1) ‖ chunk (1) ‖ CRC of the other 28 (4) ‖ key, zeros after it (16)
 *              ‖ data (8)
 *
 * A namespace is an entry of namespace 0 whose data is its number. A blob is one entry or more of `blobData`, each with
 * bytes in the entries behind it, and then one `blobIndex`:
 *
 *     blobData  = length (2) ‖ 2 × ff ‖ CRC of the bytes (4)      ; chunk: its number
 *     blobIndex = length (4) ‖ chunks (1) ‖ first chunk (1) ‖ 2 × ff
 */
import { crc32 } from './crc.ts';

export const PAGE_BYTES = 4096;
export const PAGE_ENTRIES = 126;
export const ENTRY_BYTES = 32;
/** Where a page has its bitmap and its first entry. */
export const BITMAP_AT = 32;
export const ENTRIES_AT = 64;
export const NAME_LENGTH = 15;
export const KEY_BYTES = 16;
export const VERSION_2 = 0xfe;
/** What an entry that is no chunk of a blob has in its place. */
export const NO_CHUNK = 0xff;
/** NVS keeps one page free, in which it moves things. */
export const MIN_PAGES = 3;
export const MAX_PAGES = 64;

export const PageState = Object.freeze({
  empty: 0xffffffff,
  active: 0xfffffffe,
  full: 0xfffffffc,
  freeing: 0xfffffff8,
});

export const EntryState = Object.freeze({ empty: 3, written: 2, erased: 0 });

export const ItemType = Object.freeze({ u8: 0x01, text: 0x21, blob: 0x41, blobData: 0x42, blobIndex: 0x48 });

/** Signed and unsigned numbers of 1 to 8 bytes. */
export const NUMBER_TYPES: readonly number[] = Object.freeze([
  0x01, 0x11, 0x02, 0x12, 0x04, 0x14, 0x08, 0x18,
]);

/** As NVS has it: begun with zeros. */
export function nvsCrc(...parts: readonly Uint8Array[]): number {
  return crc32(parts, 0);
}

/** Of the header of a page. */
export function headerCrc(page: Uint8Array): number {
  return nvsCrc(page.subarray(4, 28));
}

/** Of an entry, without the CRC in it. */
export function entryCrc(entry: Uint8Array): number {
  return nvsCrc(entry.subarray(0, 4), entry.subarray(8, ENTRY_BYTES));
}

/** Entries that so many bytes take, in front of which stands one more. */
export function entriesFor(bytes: number): number {
  return Math.ceil(bytes / ENTRY_BYTES);
}
