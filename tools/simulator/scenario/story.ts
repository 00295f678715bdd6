// SPDX-License-Identifier: Apache-2.0

/** What a scenario has to tell: its steps in their order, and figures that have to be what they are to be. */

export interface Step {
  /** Since the beginning. */
  readonly ms: number;
  /** An entity, or who administers one. */
  readonly who: string;
  readonly what: string;
}

/** Something that was to come did not, or came otherwise. Its message is one line. */
export class StoryFailed extends Error {}

/** The run was ended from outside. */
export class StoryStopped extends Error {}

export class Story {
  readonly steps: Step[] = [];
  /** By what is counted. */
  readonly figures: Record<string, number> = {};
  /** Each in one line. */
  readonly problems: string[] = [];
  private readonly say: (line: string) => void;
  private readonly started = performance.now();

  constructor(say: (line: string) => void) {
    this.say = say;
  }

  step(who: string, what: string): void {
    const ms = Math.round(performance.now() - this.started);
    this.steps.push({ ms, who, what });
    this.say(`${(ms / 1000).toFixed(1).padStart(5)} s  ${who}  ${what}`);
  }

  /** Counts something that has to be so many. */
  count(name: string, actual: number, due: number): void {
    this.figures[name] = actual;
    if (actual !== due) this.fail(`${name}: ${actual}, and not ${due}`);
  }

  fail(problem: string): void {
    this.problems.push(problem);
  }

  get isAsItHasToBe(): boolean {
    return this.problems.length === 0;
  }
}
