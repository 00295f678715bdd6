// SPDX-License-Identifier: Apache-2.0

/** Bytes of one row. Longer ones are no reading in any form. */
export const MAX_ROW_BYTES = 65_536;

export interface Line {
  readonly number: number;
  /** Without its end; undefined where it is longer than `MAX_ROW_BYTES`. */
  readonly bytes: Uint8Array | undefined;
  /** What ended it: LF, CR LF, CR, or nothing at the end of the input. */
  readonly end: string;
}

const LF = 0x0a;
const CR = 0x0d;

/** Splits bytes at line ends of all three kinds. In UTF-8 no other character has their bytes. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const splitter = new LineSplitter();
  for await (const chunk of chunks) yield* splitter.push(chunk);
  yield* splitter.end();
}

class LineSplitter {
  private number = 1;
  private parts: Uint8Array[] = [];
  private length = 0;
  /** A CR came last: an LF that follows belongs to it. */
  private afterCr = false;

  *push(chunk: Uint8Array): Generator<Line> {
    let start = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (this.afterCr) {
        this.afterCr = false;
        yield this.take(byte === LF ? '\r\n' : '\r');
        if (byte === LF) {
          start = index + 1;
          continue;
        }
      }
      if (byte !== LF && byte !== CR) continue;
      this.add(chunk.subarray(start, index));
      start = index + 1;
      if (byte === CR) this.afterCr = true;
      else yield this.take('\n');
    }
    this.add(chunk.subarray(start));
  }

  *end(): Generator<Line> {
    if (this.afterCr) yield this.take('\r');
    else if (this.length > 0) yield this.take('');
  }

  private add(part: Uint8Array): void {
    this.length += part.length;
    if (this.length <= MAX_ROW_BYTES) this.parts.push(part.slice());
    else this.parts = [];
  }

  private take(end: string): Line {
    const bytes = this.length > MAX_ROW_BYTES ? undefined : Buffer.concat(this.parts);
    const line = { number: this.number, bytes, end };
    this.number += 1;
    this.parts = [];
    this.length = 0;
    return line;
  }
}
