// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';

/**
 * A bounded cursor over borrowed bytes: the only way bytes from outside are read.
 *
 * Reading past the end is refused with `truncated`. Whoever opens a reader closes it with `end()`,
 * which refuses what was not read. A reader that has refused is spent.
 */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private offset: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.offset = 0;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.offset;
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.bytes.length - this.offset;
  }

  /** Returns the next byte and leaves it unread. */
  peek(): number {
    return this.bytes[this.offset] ?? refuse('truncated');
  }

  uint8(): number {
    const value = this.peek();
    this.offset += 1;
    return value;
  }

  /** Reads a big-endian unsigned integer of `length` bytes, at most 6, so that every value is exact. */
  uint(length: number): number {
    if (length > 6) refuse('badArgument');
    if (length > this.remaining) refuse('truncated');
    let value = 0;
    const end = this.offset + length;
    for (; this.offset < end; this.offset++) value = value * 256 + this.bytes[this.offset]!;
    return value;
  }

  /** Returns the next `length` bytes as a view that is borrowed from the input. */
  take(length: number): Uint8Array {
    const start = this.skip(length);
    return this.bytes.subarray(start, this.offset);
  }

  /** Reads past the next `length` bytes and returns where they begin. */
  skip(length: number): number {
    if (!(length >= 0 && length <= this.remaining)) refuse('truncated');
    const start = this.offset;
    this.offset = start + length;
    return start;
  }

  /** Returns a reader of its own over the next `length` bytes, which count as read here. */
  sub(length: number): ByteReader {
    return new ByteReader(this.take(length));
  }

  /** Returns what was read since `position`, as a borrowed view. */
  since(position: number): Uint8Array {
    return this.bytes.subarray(position, this.offset);
  }

  /** Refuses bytes that are left over. */
  end(): void {
    if (this.remaining > 0) refuse('trailingBytes');
  }
}
