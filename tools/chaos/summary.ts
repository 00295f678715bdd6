// SPDX-License-Identifier: Apache-2.0

import type { Verdict } from './run.ts';

/** What all runs come to: the document of `--json`. */
export interface Summary {
  seeds: number;
  /** Seeds of runs that failed, in their order. */
  failed: number[];
  simulatedHours: number;
  /** How often each fault came, by kind. */
  faults: Record<string, number>;
  /** Readings that arrived. */
  delivered: number;
}

export class Tally {
  private readonly failed: number[] = [];
  private readonly faults: Record<string, number> = {};
  private seeds = 0;
  private simulatedMs = 0;
  private delivered = 0;

  add({ seed, failure, faults, simulatedMs, delivered }: Verdict): void {
    this.seeds += 1;
    this.simulatedMs += simulatedMs;
    this.delivered += delivered;
    if (failure !== undefined) this.failed.push(seed);
    for (const [kind, count] of Object.entries(faults)) this.faults[kind] = (this.faults[kind] ?? 0) + count;
  }

  get summary(): Summary {
    return {
      seeds: this.seeds,
      failed: this.failed.toSorted((one, other) => one - other),
      simulatedHours: Math.round(this.simulatedMs / 360_000) / 10,
      faults: Object.fromEntries(
        Object.entries(this.faults).sort(([one], [other]) => (one < other ? -1 : 1)),
      ),
      delivered: this.delivered,
    };
  }
}
