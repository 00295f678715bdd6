// SPDX-License-Identifier: Apache-2.0

export interface Outcome {
  readonly passed: number;
  /** Lines worth showing although all went well. */
  readonly notes?: readonly string[];
}

/** A check that failed: how many of its tests, and what a person needs to see. */
export class CheckFailure extends Error {
  readonly passed: number;
  readonly failed: number;

  constructor(output: string, passed = 0, failed = 1) {
    super(output);
    this.passed = passed;
    this.failed = failed;
  }
}

/** How often what is running is named: somebody waits at a terminal, a log is only read. */
const STILL_MS = process.stderr.isTTY === true ? 5000 : 60_000;

/** Runs checks by name, says a line of each, and counts. */
export class Tally {
  private readonly only: string;
  private passed = 0;
  private failed = 0;

  /** `only` leaves out every check whose line does not contain it. */
  constructor(only: string) {
    this.only = only;
  }

  wants(stage: string, name: string): boolean {
    return `${stage} ${name}`.includes(this.only);
  }

  /** Whether any check of the stage may be wanted. */
  wantsStage(stage: string): boolean {
    return this.wants(stage, '') || this.only.startsWith(stage);
  }

  async run(stage: string, name: string, check: () => Promise<Outcome>): Promise<void> {
    if (!this.wants(stage, name)) return;
    const started = Date.now();
    const still = setInterval(() => this.sayStill(stage, name, started), STILL_MS);
    try {
      const { passed, notes = [] } = await check();
      this.passed += passed;
      this.say('ok', stage, name, passed, started);
      for (const note of notes) console.log(`          ${note}`);
    } catch (error) {
      const failure =
        error instanceof CheckFailure ? error : new CheckFailure(String((error as Error).stack));
      this.passed += failure.passed;
      this.failed += failure.failed;
      this.say('FAILED', stage, name, failure.failed, started);
      console.log(failure.message);
    } finally {
      clearInterval(still);
    }
  }

  /** Prints the closing line and returns the exit status. Nothing run is a failure. */
  close(): number {
    if (this.passed + this.failed === 0) console.log(`no check's name contains '${this.only}'`);
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed > 0 || this.passed === 0 ? 1 : 0;
  }

  private sayStill(stage: string, name: string, started: number): void {
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stderr.write(`running   ${stage}  ${name}  ${seconds} s\n`);
  }

  private say(word: string, stage: string, name: string, count: number, started: number): void {
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`${word.padEnd(8)}  ${stage}  ${name}  ${count} in ${seconds} s`);
  }
}
