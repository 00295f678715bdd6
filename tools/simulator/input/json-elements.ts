// SPDX-License-Identifier: Apache-2.0

/**
 * Cuts JSON that is not a row a line into its rows: the elements of one array, or values that follow each other,
 * over as many lines as they like. Looks at brackets, quotes and commas alone; the parser judges the rest.
 */
import { MAX_ROW_BYTES } from './lines.ts';

export interface Element {
  /** Where it begins. */
  readonly line: number;
  /** Undefined where it is longer than `MAX_ROW_BYTES`. */
  readonly bytes: Uint8Array | undefined;
  /** Whether the input ended in it. */
  readonly isCut: boolean;
}

const [QUOTE, BACKSLASH, COMMA, LF] = [...'"\\,\n'].map((character) => character.charCodeAt(0));
const OPENING: readonly number[] = Object.freeze([...'[{'].map((character) => character.charCodeAt(0)));
const CLOSING: readonly number[] = Object.freeze([...']}'].map((character) => character.charCodeAt(0)));
const SPACE: readonly number[] = Object.freeze([...' \t\r\n'].map((character) => character.charCodeAt(0)));

/** `isArray`: the values are the elements of an array, whose bracket comes first. `line` is that of the start. */
export async function* splitElements(
  chunks: AsyncIterable<Uint8Array>,
  isArray: boolean,
  line: number,
): AsyncGenerator<Element> {
  const splitter = new ElementSplitter(isArray, line);
  for await (const chunk of chunks) {
    for (const byte of chunk) {
      const element = splitter.push(byte);
      if (element !== undefined) yield element;
    }
  }
  const rest = splitter.end();
  if (rest !== undefined) yield rest;
}

class ElementSplitter {
  private line: number;
  /** Brackets that are open around the elements: an array's own, until it has closed. */
  private base: number;
  private depth = 0;
  private startLine = 0;
  private isText = false;
  private isEscaped = false;
  private length = 0;
  private readonly bytes = Buffer.alloc(MAX_ROW_BYTES);

  constructor(isArray: boolean, line: number) {
    this.base = isArray ? 1 : 0;
    this.line = line;
  }

  /** Returns the element that ends with this byte, or before it. */
  push(byte: number): Element | undefined {
    if (byte === LF) this.line += 1;
    if (this.isText) return this.pushText(byte);
    if (OPENING.includes(byte)) return this.open(byte);
    if (CLOSING.includes(byte)) return this.close(byte);
    if (this.depth <= this.base && (byte === COMMA || SPACE.includes(byte))) return this.take();
    this.isText = byte === QUOTE;
    this.add(byte);
    return undefined;
  }

  /** What is left when the input ends. An array that is open is an element too: it never ended. */
  end(): Element | undefined {
    const rest = this.take();
    if (rest !== undefined) return { ...rest, isCut: this.depth > 0 || this.isText };
    if (this.depth === 0) return undefined;
    return { line: this.line, bytes: Buffer.alloc(0), isCut: true };
  }

  private pushText(byte: number): undefined {
    this.isText = byte !== QUOTE || this.isEscaped;
    this.isEscaped = byte === BACKSLASH && !this.isEscaped;
    this.add(byte);
  }

  private open(byte: number): undefined {
    this.depth += 1;
    if (this.depth > this.base) this.add(byte);
  }

  private close(byte: number): Element | undefined {
    const isElement = this.depth > this.base;
    this.depth = Math.max(0, this.depth - 1);
    if (isElement) {
      this.add(byte);
      return this.depth === this.base ? this.take() : undefined;
    }
    const last = this.take();
    // Behind the end of an array another may follow.
    if (this.base === 0) this.add(byte);
    return last;
  }

  private add(byte: number): void {
    if (this.length === 0) this.startLine = this.line;
    if (this.length < MAX_ROW_BYTES) this.bytes[this.length] = byte;
    this.length += 1;
  }

  private take(): Element | undefined {
    const { length, startLine: line } = this;
    if (length === 0) return undefined;
    this.length = 0;
    return {
      line,
      bytes: length > MAX_ROW_BYTES ? undefined : Uint8Array.prototype.slice.call(this.bytes, 0, length),
      isCut: false,
    };
  }
}
