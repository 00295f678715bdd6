// SPDX-License-Identifier: Apache-2.0

/** `npm run powercut`: operations whose power fails at every point. Exit status 1 where something was lost or mixed. */
import { fileURLToPath } from 'node:url';
import { Crew } from '../chaos/crew.ts';
import { UsageError } from '../chaos/options.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import type { Job, Outcome } from './scenario.ts';
import { SCENARIOS, seedsIn } from './scenarios.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
const PROGRESS_MS = 5000;
/** Failures that are shown; all are in the summary. */
const MAX_SHOWN = 20;

interface Summary {
  points: number;
  /** A line for each. */
  failed: string[];
  /** Points of each scenario. */
  scenarios: Record<string, number>;
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const summary = await makeRounds(options);
  console.log(options.json ? JSON.stringify(summary, null, 2) : inWords(summary));
  return summary.failed.length === 0 ? 0 : 1;
}

/** Whole rounds, so that the number of points does not depend on who is faster. */
async function makeRounds(options: Options): Promise<Summary> {
  const summary: Summary = { points: 0, failed: [], scenarios: {} };
  const crew = new Crew<Job, Outcome>({ program: WORKER });
  const progress = setInterval(() => console.error(progressOf(summary, options)), PROGRESS_MS);
  try {
    for (let round = 0; summary.points < options.points; round++)
      await crew.make(jobsOf(options, round), (job, outcome) => add(summary, job, outcome));
    return summary;
  } finally {
    clearInterval(progress);
    crew.close();
  }
}

function jobsOf({ first, scenario }: Options, round: number): Job[] {
  if (scenario !== undefined) return [{ scenario, seed: first + round }];
  return SCENARIOS.flatMap(({ name }) => {
    const seeds = seedsIn(round, name);
    return Array.from({ length: seeds }, (_, i) => ({ scenario: name, seed: first + round * seeds + i }));
  });
}

function add(summary: Summary, { scenario, seed }: Job, { points, failed }: Outcome): void {
  summary.points += points;
  summary.scenarios[scenario] = (summary.scenarios[scenario] ?? 0) + points;
  for (const line of failed) {
    if (summary.failed.push(line) > MAX_SHOWN) continue;
    console.error(`${line}\nagain: npm run powercut -- --points 1 --scenario ${scenario} --seed ${seed}`);
  }
}

function progressOf({ points, failed }: Summary, options: Options): string {
  return `${points} of ${options.points} cuts, ${failed.length} failed`;
}

function inWords({ points, failed, scenarios }: Summary): string {
  const lines = Object.entries(scenarios).map(([name, count]) => `  ${String(count).padStart(9)}  ${name}`);
  return ['power cuts:', ...lines, `${points} cuts, ${failed.length} failed`].join('\n');
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`powercut: ${error.message}`);
  process.exitCode = 2;
}
