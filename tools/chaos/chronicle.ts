// SPDX-License-Identifier: Apache-2.0

/** What happened in a run: the latest lines, for whoever looks for the cause, and how often each fault came. */
import type { Timeline } from './timeline.ts';

const MAX_LINES = 400;

export class Chronicle {
  readonly faults: Record<string, number> = {};
  private readonly timeline: Timeline;
  private readonly lines: string[] = [];
  private readonly keepsAll: boolean;

  /** `keepsAll`: for a run that is looked at, from its beginning. */
  constructor(timeline: Timeline, keepsAll: boolean) {
    this.timeline = timeline;
    this.keepsAll = keepsAll;
  }

  /** Bytes of keys and records do not belong here. */
  note(who: string, what: string): void {
    this.lines.push(`${clock(this.timeline.now)}  ${who.padEnd(10)}  ${what}`);
    if (!this.keepsAll && this.lines.length > 2 * MAX_LINES) this.lines.splice(0, MAX_LINES);
  }

  fault(kind: string, who: string, what = ''): void {
    this.count(kind);
    this.note(who, `FAULT ${kind} ${what}`.trimEnd());
  }

  /** A fault of which there are too many for a line each. */
  count(kind: string): void {
    this.faults[kind] = (this.faults[kind] ?? 0) + 1;
  }

  get trace(): readonly string[] {
    return this.keepsAll ? this.lines : this.lines.slice(-MAX_LINES);
  }
}

/** Days, hours, minutes, seconds and milliseconds. */
function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => pad(Math.floor(part), 2));
  return `${Math.floor(seconds / 86_400)}d ${pad(Number(parts[0]) % 24, 2)}:${parts[1]}:${parts[2]}.${pad(Math.floor(milliseconds) % 1000, 3)}`;
}

function pad(number: number, length: number): string {
  return String(number).padStart(length, '0');
}
