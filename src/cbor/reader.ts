// SPDX-License-Identifier: Apache-2.0

import { decodeUtf8 } from '../bytes/utf8.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { HeadReader, Major, Simple } from './head.ts';
import { checkLength, walkItem } from './walk.ts';

/**
 * Reads protocol bytes item by item, strictly deterministic (RFC 8949 section 4.2.1): every method reads
 * one item of its kind or the head of a container, and refuses anything else (`wrongType`,
 * `notDeterministic`, `notWellFormed`, `truncated`, limits). Calling it again and again reads a CBOR
 * sequence (RFC 8742). A reader that has refused is spent.
 */
export class CborReader {
  private readonly head: HeadReader;
  private readonly bytes: Uint8Array;

  /** `bytes` are borrowed for as long as the reader and the views it returns are used. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.head = new HeadReader(bytes);
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.head.input.remaining;
  }

  /** Returns the major type of the next item, 0 to 7, and leaves it unread. */
  peekMajor(): number {
    return this.head.input.peek() >> 5;
  }

  /** Reads an integer from 0 to 2^53 - 1. */
  unsigned(): number {
    return this.expect(Major.unsigned).argument;
  }

  /** Reads an integer from -(2^53 - 1) to 2^53 - 1; one beyond is `tooLong`. */
  integer(): number {
    this.head.next();
    return integerValue(this.head);
  }

  /** Returns the content as a borrowed view. */
  byteString(): Uint8Array {
    return this.string(Major.byteString);
  }

  textString(): string {
    return decodeUtf8(this.string(Major.textString));
  }

  /** Reads the head of an array and returns the number of items that follow. */
  array(): number {
    return checkLength(this.expect(Major.array));
  }

  /** Reads the head of a map and returns the number of pairs that follow. See `MapKeys` for their order. */
  map(): number {
    return checkLength(this.expect(Major.map));
  }

  /** Reads a tag number. The tagged item follows. */
  tag(): number {
    return this.expect(Major.tag).argument;
  }

  boolean(): boolean {
    const value = this.expect(Major.simple).info;
    if (value !== Simple.false && value !== Simple.true) refuse('wrongType');
    return value === Simple.true;
  }

  /** Reads null. */
  nil(): void {
    if (this.expect(Major.simple).info !== Simple.null) refuse('wrongType');
  }

  /** Whether the next item is null, which is left unread. */
  isNil(): boolean {
    return this.head.input.peek() === ((Major.simple << 5) | Simple.null);
  }

  /** Reads past one whole item, which is checked to its last byte, and returns it as a borrowed view. */
  skip(): Uint8Array {
    const start = this.head.input.position;
    walkItem(this.head);
    const item = this.head.input.since(start);
    if (item.length > ImplementationLimits.cborMaxBytes) refuse('tooLong');
    return item;
  }

  /** As `skip`, but leaves the item unread. */
  peekItem(): Uint8Array {
    return new CborReader(this.bytes.subarray(this.head.input.position)).skip();
  }

  /** Refuses bytes that are left over. */
  end(): void {
    this.head.input.end();
  }

  private expect(major: number): HeadReader {
    if (this.peekMajor() !== major) refuse('wrongType');
    this.head.next();
    return this.head;
  }

  private string(major: number): Uint8Array {
    return this.head.input.take(checkLength(this.expect(major)));
  }
}

/** Returns the value of the integer whose head was read last, exact or refused. */
export function integerValue(head: HeadReader): number {
  if (head.major === Major.unsigned) return head.argument;
  if (head.major !== Major.negative) refuse('wrongType');
  const value = -1 - head.argument;
  return Number.isSafeInteger(value) ? value : refuse('tooLong');
}
