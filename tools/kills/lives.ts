// SPDX-License-Identifier: Apache-2.0

/** Programs that are started again and again, and killed at random moments. */
import { setTimeout as pause } from 'node:timers/promises';
import { type ProgramProcess, startProgram } from './program-process.ts';

/** Half of the kills come within so many times what the last start took, the others so soon after a receipt. */
const EARLY_STARTS = 2;
const LATE_MS = 250;
/** What a start takes, until there was one. */
const START_MS = 500;

/** From the start of a process to its listening: the median and the longest. */
export interface StartTimes {
  readonly median: number;
  readonly longest: number;
}

export class Lives {
  private readonly bundle: string;
  private readonly random: () => number;
  private readonly times: number[] = [];

  /** `bundle`: of `pne-runtime`. `random`: from 0 to below 1. */
  constructor(bundle: string, random: () => number) {
    this.bundle = bundle;
    this.random = random;
  }

  get startMs(): StartTimes {
    const times = this.times.toSorted((a, b) => a - b);
    return { median: times[times.length >> 1] ?? 0, longest: times.at(-1) ?? 0 };
  }

  begin(args: readonly string[]): ProgramProcess {
    const process = startProgram(this.bundle, args);
    void process.listening.then((milliseconds) => this.times.push(milliseconds));
    return process;
  }

  /** Kills one that has just begun: while it starts, or soon after `accepted`. Returns how it ended. */
  async endOne(process: ProgramProcess, accepted: Promise<void>): Promise<number | string> {
    if (this.random() < 0.5) return this.endEarly(process);
    await Promise.race([accepted, process.ended]);
    return this.endWithin(process, LATE_MS);
  }

  /** While it starts, or soon after. */
  endEarly(process: ProgramProcess): Promise<number | string> {
    return this.endWithin(process, EARLY_STARTS * (this.times.at(-1) ?? START_MS));
  }

  async endWithin({ child, ended }: ProgramProcess, milliseconds: number): Promise<number | string> {
    await Promise.race([pause(this.random() * milliseconds), ended]);
    child.kill('SIGKILL');
    return ended;
  }
}

/** One that was to be killed has not ended by itself before. */
export function checkKilled(how: number | string, { log }: ProgramProcess): void {
  if (how !== 'SIGKILL') throw new Error(`it ended by itself (${how}): ${log()}`);
}
