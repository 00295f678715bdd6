// SPDX-License-Identifier: Apache-2.0

/**
 * Reads a partition of ESP-IDF's key-value storage (nvs.ts), as an image or as a device left it. What does not verify is
 * refused as a whole; what a device has erased, and chunks of a blob without their index, count for nothing.
 */
import { concatBytes } from '../../src/bytes/compare.ts';
import { refuse } from '../../src/refusal.ts';
import {
  BITMAP_AT,
  ENTRIES_AT,
  ENTRY_BYTES,
  EntryState,
  entriesFor,
  entryCrc,
  headerCrc,
  ItemType,
  KEY_BYTES,
  MAX_PAGES,
  MIN_PAGES,
  NAME_LENGTH,
  NO_CHUNK,
  NUMBER_TYPES,
  nvsCrc,
  PAGE_BYTES,
  PAGE_ENTRIES,
  PageState,
  VERSION_2,
} from './nvs.ts';

/** Blobs by key, by namespace. Numbers and texts are checked and left out. */
export type Blobs = ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;

interface Entry {
  readonly space: number;
  readonly type: number;
  readonly chunk: number;
  readonly key: string;
  /** 8 bytes. */
  readonly data: DataView;
  readonly content: Uint8Array;
}

const PAGE_STATES: readonly number[] = [PageState.active, PageState.full, PageState.freeing];

/**
 * The caller owns the blobs. Refuses `truncated` bytes that are no whole pages, `notWellFormed` what has another form,
 * `integrityFailure` what its CRC does not match, `duplicateKey` what is there twice.
 */
export function readNvs(partition: Uint8Array): Blobs {
  const pages = partition.length / PAGE_BYTES;
  if (!Number.isInteger(pages) || pages < MIN_PAGES || pages > MAX_PAGES)
    refuse('truncated', `a store has ${MIN_PAGES} to ${MAX_PAGES} pages of ${PAGE_BYTES} bytes`);
  const entries: Entry[] = [];
  const numbers = new Set<number>();
  for (let page = 0; page < pages; page += 1) {
    const bytes = partition.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
    if (isBlank(bytes)) continue;
    const number = checkHeader(bytes);
    if (numbers.has(number)) refuse('duplicateKey', 'two pages have one number');
    numbers.add(number);
    entries.push(...entriesOf(bytes));
  }
  return blobsOf(entries);
}

export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0xff);
}

/** Returns its sequence number. */
function checkHeader(page: Uint8Array): number {
  const view = new DataView(page.buffer, page.byteOffset);
  if (!PAGE_STATES.includes(view.getUint32(0, true)) || page[8] !== VERSION_2) refuse('notWellFormed');
  if (view.getUint32(28, true) !== headerCrc(page)) refuse('integrityFailure');
  return view.getUint32(4, true);
}

function entriesOf(page: Uint8Array): Entry[] {
  const entries: Entry[] = [];
  for (let index = 0; index < PAGE_ENTRIES; ) {
    const state = stateOf(page, index);
    if (state === EntryState.written) {
      const span = spanOf(page, index);
      entries.push(readEntry(page.subarray(entryAt(index), entryAt(index + span))));
      index += span;
    } else {
      if (state !== EntryState.empty && state !== EntryState.erased) refuse('notWellFormed');
      index += 1;
    }
  }
  return entries;
}

function stateOf(page: Uint8Array, index: number): number {
  return (page[BITMAP_AT + (index >> 2)]! >> (2 * (index & 3))) & 3;
}

function entryAt(index: number): number {
  return ENTRIES_AT + index * ENTRY_BYTES;
}

/** All of its entries are written, and in the page. */
function spanOf(page: Uint8Array, index: number): number {
  const span = page[entryAt(index) + 2]!;
  if (span === 0 || index + span > PAGE_ENTRIES) refuse('notWellFormed');
  for (let each = 1; each < span; each += 1)
    if (stateOf(page, index + each) !== EntryState.written) refuse('notWellFormed');
  return span;
}

function readEntry(bytes: Uint8Array): Entry {
  const head = bytes.subarray(0, ENTRY_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint32(4, true) !== entryCrc(head)) refuse('integrityFailure');
  const [space, type, span, chunk] = head as unknown as [number, number, number, number];
  const data = new DataView(head.buffer, head.byteOffset + 8 + KEY_BYTES, 8);
  const entry = { space, type, chunk, key: nameIn(head), data };
  if (type === ItemType.blobData || type === ItemType.text || type === ItemType.blob)
    return { ...entry, content: contentOf(bytes.subarray(ENTRY_BYTES), data, span) };
  if (span !== 1 || (!NUMBER_TYPES.includes(type) && type !== ItemType.blobIndex)) refuse('notWellFormed');
  return { ...entry, content: new Uint8Array(0) };
}

function contentOf(bytes: Uint8Array, data: DataView, span: number): Uint8Array {
  const length = data.getUint16(0, true);
  if (span !== 1 + entriesFor(length)) refuse('notWellFormed');
  const content = bytes.subarray(0, length);
  if (data.getUint32(4, true) !== nvsCrc(content)) refuse('integrityFailure');
  return content;
}

function nameIn(entry: Uint8Array): string {
  const bytes = entry.subarray(8, 8 + KEY_BYTES);
  const length = bytes.indexOf(0);
  if (length < 1 || length > NAME_LENGTH || bytes.subarray(length).some((byte) => byte !== 0))
    refuse('notWellFormed');
  if (bytes.subarray(0, length).some((byte) => byte < 0x21 || byte > 0x7e)) refuse('notWellFormed');
  return String.fromCharCode(...bytes.subarray(0, length));
}

function blobsOf(entries: readonly Entry[]): Blobs {
  const spaces = new Map<number, string>();
  const found = new Map<string, Map<string, Uint8Array>>();
  for (const { key, data } of entries.filter(({ space, type }) => space === 0 && type === ItemType.u8)) {
    const number = data.getUint8(0);
    if (number === 0 || number === 0xff || spaces.has(number) || found.has(key)) refuse('duplicateKey');
    spaces.set(number, key);
    found.set(key, new Map());
  }
  for (const entry of entries) {
    if (entry.type !== ItemType.blobIndex) continue;
    const blobs = found.get(spaces.get(entry.space) ?? '') ?? refuse('notWellFormed');
    if (blobs.has(entry.key)) refuse('duplicateKey');
    blobs.set(entry.key, joined(entry, entries));
  }
  return found;
}

function joined({ space, key, chunk, data }: Entry, entries: readonly Entry[]): Uint8Array {
  if (chunk !== NO_CHUNK) refuse('notWellFormed');
  const [count, first] = [data.getUint8(4), data.getUint8(5)];
  const chunks = entries.filter(
    (each) => each.type === ItemType.blobData && each.space === space && each.key === key,
  );
  const parts = Array.from({ length: count }, (_, at) => {
    const [part, ...more] = chunks.filter((each) => each.chunk === first + at);
    if (part === undefined) return refuse('truncated');
    if (more.length > 0) refuse('duplicateKey');
    return part.content;
  });
  const bytes = concatBytes(...parts);
  if (bytes.length !== data.getUint32(0, true)) refuse('notWellFormed');
  return bytes;
}
