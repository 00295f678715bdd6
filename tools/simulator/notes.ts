// SPDX-License-Identifier: Apache-2.0

/** What a run keeps of rows that it skipped, and of what went wrong. */
import type { SkippedRow } from './input/row.ts';
import type { RunResult } from './run-options.ts';

const MAX_PROBLEMS_KEPT = 20;
/** Skipped rows of which line and reason are kept. All are counted. */
const MAX_SKIPPED_KEPT = 1000;

export class RunNotes {
  private readonly rows: SkippedRow[] = [];
  private readonly problems: string[] = [];
  private count = 0;

  skipped(row: SkippedRow): void {
    this.count += 1;
    if (this.rows.length < MAX_SKIPPED_KEPT) this.rows.push(row);
  }

  problem(text: string): void {
    if (this.problems.length < MAX_PROBLEMS_KEPT) this.problems.push(text);
  }

  result(): Pick<RunResult, 'skipped' | 'skippedCount' | 'problems'> {
    return { skipped: this.rows, skippedCount: this.count, problems: this.problems };
  }
}
