// SPDX-License-Identifier: Apache-2.0

/** Writes a partition of ESP-IDF's key-value storage (nvs.ts) with one namespace of blobs. */
import { encodeUtf8 } from '../../src/bytes/utf8.ts';
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
  nvsCrc,
  PAGE_BYTES,
  PAGE_ENTRIES,
  PageState,
  VERSION_2,
} from './nvs.ts';

/** The number of the only namespace. */
const NAMESPACE = 1;

/**
 * `size`: bytes of the partition, 3 to 64 pages of 4 KB, of which NVS keeps one free. Refuses `badArgument` another size
 * and a name that has not 1 to 15 characters of ASCII, `tooLong` values that do not fit.
 */
export function writeNvs(
  namespace: string,
  values: Readonly<Record<string, Uint8Array>>,
  size: number,
): Uint8Array {
  const pages = size / PAGE_BYTES;
  if (!Number.isInteger(pages) || pages < MIN_PAGES || pages > MAX_PAGES)
    refuse('badArgument', `a store has ${MIN_PAGES} to ${MAX_PAGES} pages of ${PAGE_BYTES} bytes`);
  const partition = new Partition(size);
  partition.add({ space: 0, type: ItemType.u8, key: namespace, data: Uint8Array.of(NAMESPACE) });
  for (const [key, value] of Object.entries(values)) partition.addBlob(key, value);
  return partition.bytes;
}

interface Item {
  readonly space: number;
  readonly type: number;
  readonly key: string;
  readonly chunk?: number;
  /** At most 8 bytes; ff behind them. */
  readonly data: Uint8Array;
  /** What stands in the entries behind it. */
  readonly content?: Uint8Array;
}

class Partition {
  readonly bytes: Uint8Array;
  private page = 0;
  /** Entries in it. */
  private used = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size).fill(0xff);
    this.begin();
  }

  addBlob(key: string, value: Uint8Array): void {
    let chunks = 0;
    for (let at = 0; at < value.length || chunks === 0; chunks += 1) {
      // A chunk is its entry and one of bytes at least; an empty blob is its entry alone.
      if (PAGE_ENTRIES - this.used < 2) this.turn();
      const room = (PAGE_ENTRIES - this.used - 1) * ENTRY_BYTES;
      const content = value.subarray(at, at + room);
      const data = new Uint8Array(8).fill(0xff);
      const view = new DataView(data.buffer);
      view.setUint16(0, content.length, true);
      view.setUint32(4, nvsCrc(content), true);
      this.add({ space: NAMESPACE, type: ItemType.blobData, key, chunk: chunks, data, content });
      at += content.length;
    }
    const data = new Uint8Array(8).fill(0xff);
    new DataView(data.buffer).setUint32(0, value.length, true);
    data.set([chunks, 0], 4);
    this.add({ space: NAMESPACE, type: ItemType.blobIndex, key, data });
  }

  add({ space, type, key, chunk = NO_CHUNK, data, content = new Uint8Array(0) }: Item): void {
    if (this.used === PAGE_ENTRIES) this.turn();
    const span = 1 + entriesFor(content.length);
    const entry = this.bytes.subarray(this.entryAt(this.used), this.entryAt(this.used + 1));
    entry.set([space, type, span, chunk]);
    entry.set(nameBytes(key), 8);
    entry.set(data, 8 + KEY_BYTES);
    new DataView(entry.buffer, entry.byteOffset).setUint32(4, entryCrc(entry), true);
    this.bytes.set(content, this.entryAt(this.used + 1));
    for (let each = 0; each < span; each += 1) this.mark(this.used + each);
    this.used += span;
  }

  private get start(): number {
    return this.page * PAGE_BYTES;
  }

  private entryAt(index: number): number {
    return this.start + ENTRIES_AT + index * ENTRY_BYTES;
  }

  private mark(index: number): void {
    const at = this.start + BITMAP_AT + (index >> 2);
    const shift = 2 * (index & 3);
    this.bytes[at] = (this.bytes[at]! & ~(3 << shift)) | (EntryState.written << shift);
  }

  /** To the next page: this one is full. */
  private turn(): void {
    this.setState(PageState.full);
    this.page += 1;
    this.used = 0;
    // The last one stays free.
    if (this.start + PAGE_BYTES >= this.bytes.length)
      refuse('tooLong', 'the values do not fit into the store');
    this.begin();
  }

  private begin(): void {
    const page = this.bytes.subarray(this.start, this.start + PAGE_BYTES);
    const view = new DataView(page.buffer, page.byteOffset);
    this.setState(PageState.active);
    view.setUint32(4, this.page, true);
    page[8] = VERSION_2;
    view.setUint32(28, headerCrc(page), true);
  }

  private setState(state: number): void {
    new DataView(this.bytes.buffer).setUint32(this.start, state, true);
  }
}

function nameBytes(name: string): Uint8Array {
  const bytes = new Uint8Array(KEY_BYTES);
  if (name.length < 1 || name.length > NAME_LENGTH || /[^!-~]/.test(name))
    refuse('badArgument', `a name in a store has 1 to ${NAME_LENGTH} characters of ASCII`);
  bytes.set(encodeUtf8(name));
  return bytes;
}
