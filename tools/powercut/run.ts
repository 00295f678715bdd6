// SPDX-License-Identifier: Apache-2.0

/** One scenario with one seed: without a cut, then with the power failing at every change, and at every byte of each. */
import { HEAD } from '../../src/store/place.ts';
import { Random } from '../chaos/random.ts';
import { Violation } from '../chaos/violation.ts';
import { type Cut, CutMedium } from './cut-medium.ts';
import type { CutFlash } from './flash.ts';
import type { DeviceScenario, Operation, Outcome, Scenario } from './scenario.ts';

export function onDevice(scenario: DeviceScenario): Scenario {
  return Object.freeze({
    name: scenario.name,
    run: (seed: number, cutFlash: CutFlash) => runScenario(scenario, seed, cutFlash),
  });
}

function runScenario(scenario: DeviceScenario, seed: number, cutFlash: CutFlash): Outcome {
  const states = new Set<string>();
  const whole = new CutMedium();
  const failed: string[] = [];
  const attempt = (what: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      failed.push(`${scenario.name}, seed ${seed}, ${what}: ${describe(error)}`);
    }
  };
  attempt('without a cut', () => runWhole(scenario, seed, whole, states));
  if (failed.length > 0) return { points: 0, failed };
  const cuts = cutsOf(whole.changes.length, new Random(seed));
  for (const each of cuts) attempt(nameOf(each), () => runCut(scenario, seed, each, states));
  const { points, neither } = cutFlash(whole.initial, whole.changes);
  if (neither > 0)
    failed.push(`${scenario.name}, seed ${seed}: the log is neither old nor new at ${neither} points`);
  return { points: cuts.length + points, failed };
}

/** Each change, not made and made; and each once more with a second cut while the device recovers. */
function cutsOf(changes: number, random: Random): Cut[][] {
  const first = Array.from({ length: changes }, (_, at) => [false, true].map((isMade) => ({ at, isMade })));
  return first
    .flat()
    .flatMap((cut) => [[cut], [cut, { at: random.whole(0, 5), isMade: random.chance(0.5) }]]);
}

function nameOf(cuts: readonly Cut[]): string {
  return `cut ${cuts.map(({ at, isMade }) => `${at}${isMade ? ' made' : ''}`).join(', then ')}`;
}

function runWhole(scenario: DeviceScenario, seed: number, medium: CutMedium, states: Set<string>): void {
  const operation = scenario.prepare(medium, seed);
  const note = () => states.add(operation.content(medium));
  medium.begin();
  note();
  watch(medium, operation.commits ?? [HEAD], note);
  operation.run();
  note();
  unwatch(medium);
  medium.end();
  operation.check();
}

/** What is found after each change that counts at once is a state. */
function watch(medium: CutMedium, commits: readonly string[], note: () => void): void {
  const write = medium.write.bind(medium);
  medium.write = (name, value) => {
    write(name, value);
    if (commits.includes(name)) note();
  };
}

function unwatch(medium: CutMedium): void {
  delete (medium as { write?: unknown }).write;
}

function runCut(
  scenario: DeviceScenario,
  seed: number,
  cuts: readonly Cut[],
  states: ReadonlySet<string>,
): void {
  const medium = new CutMedium(cuts);
  const operation = scenario.prepare(medium, seed);
  medium.begin();
  untilPowerFails(medium, () => operation.run());
  if (!medium.isOff) throw new Violation('the operation is not the same as without a cut');
  medium.powerOn();
  checkState(operation, medium, states);
  untilPowerFails(medium, () => operation.restart());
  if (medium.isOff) {
    medium.powerOn();
    medium.end();
    operation.restart();
  }
  medium.end();
  operation.check();
}

function checkState(operation: Operation, medium: CutMedium, states: ReadonlySet<string>): void {
  if (!states.has(operation.content(medium))) throw new Violation('the store is neither old nor new');
}

function untilPowerFails(medium: CutMedium, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!medium.isOff) throw error;
  }
}

function describe(error: unknown): string {
  if (error instanceof Violation) return error.message;
  return error instanceof Error ? `${error.message} ${error.stack?.split('\n')[1]?.trim()}` : String(error);
}
