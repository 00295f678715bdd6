// SPDX-License-Identifier: Apache-2.0

import type { Reading, Row, SkippedRow } from './input/row.ts';

/** Rows that may wait for a PNE that does not ask. Further ones are dealt to those that do. */
const MAX_AHEAD = 1024;

/** One PNE's end of the distributor. */
export interface Outlet {
  /** Its PNE asks for more readings. Rejects where the input does. */
  ask(count: number): Promise<void>;
  /** Its PNE starts anew: it has asked for nothing, and gets these again before all others. */
  restart(undelivered: readonly Reading[]): void;
  /** Its PNE is gone for good: what waits for it is dealt anew. */
  remove(): Promise<void>;
}

interface Place {
  waiting: Reading[];
  /** Readings its PNE asked for and has not got. */
  wanted: number;
  take(reading: Reading): void;
  end(): void;
}

/**
 * Deals rows to the PNEs in turn, each as its PNE asks. The input is read no further than somebody needs, so that
 * a file of any size, or a pipe that never ends, takes bounded memory; a PNE that does not ask holds nobody back.
 */
export class Distributor {
  /** Of the last row that was read. */
  lastLine = 0;
  private readonly rows: AsyncIterator<Row>;
  private readonly onSkipped: (row: SkippedRow) => void;
  private places: Place[] = [];
  private orphans: Reading[] = [];
  private next = 0;
  private pumping = false;
  private ended = false;
  private stopped = false;

  constructor(rows: AsyncIterable<Row>, onSkipped: (row: SkippedRow) => void) {
    this.rows = rows[Symbol.asyncIterator]();
    this.onSkipped = onSkipped;
  }

  /** Rows that were read and given to no PNE. */
  get waiting(): Reading[] {
    return [...this.orphans, ...this.places.flatMap(({ waiting }) => waiting)];
  }

  /** Adds a PNE; `take` gets its readings, `end` tells that there will be no more. */
  add(take: (reading: Reading) => void, end: () => void): Outlet {
    const place: Place = { waiting: [], wanted: 0, take, end };
    this.places.push(place);
    return {
      ask: async (count) => {
        place.wanted += count;
        this.serve(place);
        await this.pump();
      },
      restart(undelivered): void {
        place.wanted = 0;
        place.waiting.unshift(...undelivered);
      },
      remove: async () => {
        this.places = this.places.filter((other) => other !== place);
        this.orphans.push(...place.waiting);
        await this.pump();
      },
    };
  }

  /** Gives no PNE anything any more. */
  stop(): void {
    this.stopped = true;
  }

  /** Reads on while somebody wants more. Rejects where the input does. */
  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    try {
      this.dealOrphans();
      while (!this.ended && !this.stopped && this.isWanted()) this.read(await this.rows.next());
      this.dealOrphans();
    } finally {
      this.pumping = false;
    }
    this.endAll();
  }

  private isWanted(): boolean {
    return this.places.some(({ wanted }) => wanted > 0);
  }

  private read(result: IteratorResult<Row>): void {
    if (result.done) {
      this.ended = true;
      return;
    }
    this.lastLine = result.value.line;
    if ('error' in result.value) this.onSkipped(result.value);
    else this.deal(result.value);
  }

  private dealOrphans(): void {
    if (this.places.length === 0) return;
    for (const reading of this.orphans.splice(0)) this.deal(reading);
  }

  /** To the next in turn that has room; who wants something always has. */
  private deal(reading: Reading): void {
    const { length } = this.places;
    const turn = Array.from({ length }, (_, index) => (this.next + index) % length);
    const index = turn.find((each) => this.places[each]!.waiting.length < MAX_AHEAD);
    // The last that could take it may have gone while it was read.
    if (index === undefined) {
      this.orphans.push(reading);
      return;
    }
    this.next = (index + 1) % length;
    this.places[index]!.waiting.push(reading);
    this.serve(this.places[index]!);
  }

  private serve(place: Place): void {
    while (place.wanted > 0 && place.waiting.length > 0 && !this.stopped) {
      place.wanted -= 1;
      place.take(place.waiting.shift()!);
    }
  }

  /** Who has been told of the end takes nothing more: not before all is given away. */
  private endAll(): void {
    if (!this.ended || this.stopped || this.waiting.length > 0) return;
    for (const place of this.places) place.end();
  }
}
