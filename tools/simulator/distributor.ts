// SPDX-License-Identifier: Apache-2.0

import type { Reading, Row, SkippedRow } from './readings.ts';

/** Rows that may wait for a PNE that does not ask, before the others wait for it. */
const MAX_AHEAD = 1024;

interface Outlet {
  readonly waiting: Reading[];
  /** Readings its PNE asked for and has not got. */
  wanted: number;
  take(reading: Reading): void;
  end(): void;
}

/**
 * Deals rows to the PNEs in turn, each as its PNE asks. The input is read no further than somebody needs,
 * so that a file of any size, or a pipe that never ends, takes bounded memory.
 */
export class Distributor {
  private readonly rows: AsyncIterator<Row>;
  private readonly onSkipped: (row: SkippedRow) => void;
  private readonly outlets: Outlet[] = [];
  private next = 0;
  private pumping = false;
  private ended = false;

  constructor(rows: AsyncIterable<Row>, onSkipped: (row: SkippedRow) => void) {
    this.rows = rows[Symbol.asyncIterator]();
    this.onSkipped = onSkipped;
  }

  /** Adds a PNE; `take` gets its readings, `end` tells that there will be no more. Returns its `ask`. */
  add(take: (reading: Reading) => void, end: () => void): (count: number) => Promise<void> {
    const outlet: Outlet = { waiting: [], wanted: 0, take, end };
    this.outlets.push(outlet);
    return async (count) => {
      outlet.wanted += count;
      this.serve(outlet);
      await this.pump();
    };
  }

  /** Reads on while somebody wants more and nobody is too far behind. Rejects where the input does. */
  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    try {
      while (!this.ended && this.mayRead()) this.deal(await this.rows.next());
    } finally {
      this.pumping = false;
    }
  }

  private mayRead(): boolean {
    return (
      this.outlets.some((outlet) => outlet.wanted > 0) &&
      this.outlets.every((outlet) => outlet.waiting.length < MAX_AHEAD)
    );
  }

  private deal(result: IteratorResult<Row>): void {
    if (result.done) {
      this.ended = true;
      for (const outlet of this.outlets) this.serve(outlet);
      return;
    }
    if ('error' in result.value) return this.onSkipped(result.value);
    const outlet = this.outlets[this.next]!;
    this.next = (this.next + 1) % this.outlets.length;
    outlet.waiting.push(result.value);
    this.serve(outlet);
  }

  private serve(outlet: Outlet): void {
    while (outlet.wanted > 0 && outlet.waiting.length > 0) {
      outlet.wanted -= 1;
      outlet.take(outlet.waiting.shift()!);
    }
    if (this.ended && outlet.waiting.length === 0) outlet.end();
  }
}
