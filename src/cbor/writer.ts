// SPDX-License-Identifier: Apache-2.0

import { encodeUtf8 } from '../bytes/utf8.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { Major, Simple, writeHead } from './head.ts';

/**
 * Writes protocol bytes, always in the shortest form (RFC 8949 section 4.2.1). Each method returns the
 * writer. The caller gives a container as many items as its head says, and the pairs of a map in the order
 * of their encoded keys. What the limits would not let a reader read is refused here.
 */
export class CborWriter {
  private readonly output: ByteWriter;

  /** As of `ByteWriter`. */
  constructor(capacity?: number) {
    this.output = new ByteWriter(capacity);
  }

  /** `value` is a safe integer. */
  integer(value: number): this {
    if (!Number.isSafeInteger(value)) refuse('badArgument');
    if (value >= 0) return this.head(Major.unsigned, value);
    return this.head(Major.negative, -1 - value);
  }

  byteString(bytes: Uint8Array): this {
    return this.string(Major.byteString, bytes);
  }

  textString(text: string): this {
    return this.string(Major.textString, encodeUtf8(text));
  }

  /** Opens an array of `count` items. */
  array(count: number): this {
    return this.container(Major.array, count);
  }

  /** Opens a map of `count` pairs. */
  map(count: number): this {
    return this.container(Major.map, count);
  }

  /** Tags the item that follows. */
  tag(number: number): this {
    return this.head(Major.tag, number);
  }

  boolean(value: boolean): this {
    return this.head(Major.simple, value ? Simple.true : Simple.false);
  }

  /** Writes null. */
  nil(): this {
    return this.head(Major.simple, Simple.null);
  }

  /** Copies an item that is already encoded. */
  encoded(item: Uint8Array): this {
    this.output.bytes(item);
    return this;
  }

  /** Returns what was written as a copy that the caller owns. */
  finish(): Uint8Array {
    return this.output.finish();
  }

  private head(major: number, argument: number): this {
    writeHead(this.output, major, argument);
    return this;
  }

  private container(major: number, count: number): this {
    if (count > ImplementationLimits.cborMaxItems) refuse('tooManyItems');
    return this.head(major, count);
  }

  private string(major: number, content: Uint8Array): this {
    return this.head(major, content.length).encoded(content);
  }
}
