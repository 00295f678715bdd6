// SPDX-License-Identifier: Apache-2.0

/** What the server program has written of readings, by `--output`. Each is `{ n }`, a number of its PNE. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 65_536;

interface Line {
  /** When the server had it, in ISO 8601. */
  readonly time: string;
  readonly pne: string;
  readonly value: { readonly n: number };
}

export class Arrivals {
  private readonly path: string;
  private readonly lines = new Map<string, Line[]>();
  private position = 0;
  private rest = '';

  constructor(path: string) {
    this.path = path;
  }

  /** How many different ones of that PNE there are by now. */
  of(pne: string): number {
    return this.numbersOf(pne).size;
  }

  /** How many of that PNE the server took later than that, in milliseconds since 1970. */
  after(pne: string, moment: number): number {
    return this.linesOf(pne).filter(({ time }) => Date.parse(time) > moment).length;
  }

  /** How many there are that were there before. */
  get doubled(): number {
    this.read();
    const each = [...this.lines.keys()].map((pne) => this.linesOf(pne).length - this.of(pne));
    return each.reduce((sum, count) => sum + count, 0);
  }

  /** How many of those numbered from 0 to below `given` are not there. */
  missing(pne: string, given: number): number {
    const there = this.numbersOf(pne);
    return Array.from({ length: given }, (_, n) => n).filter((n) => !there.has(n)).length;
  }

  private numbersOf(pne: string): Set<number> {
    return new Set(this.linesOf(pne).map(({ value }) => value.n));
  }

  private linesOf(pne: string): readonly Line[] {
    this.read();
    return this.lines.get(pne) ?? [];
  }

  private read(): void {
    if (!existsSync(this.path)) return;
    const file = openSync(this.path, 'r');
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let count = 1; count > 0; this.position += count) {
      count = readSync(file, chunk, 0, CHUNK_BYTES, this.position);
      this.rest += chunk.toString('latin1', 0, count);
    }
    closeSync(file);
    const lines = this.rest.split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) this.add(JSON.parse(line) as Line);
  }

  private add(line: Line): void {
    const own = this.lines.get(line.pne);
    if (own === undefined) this.lines.set(line.pne, [line]);
    else own.push(line);
  }
}
