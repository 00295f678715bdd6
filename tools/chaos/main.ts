// SPDX-License-Identifier: Apache-2.0

/** `npm run chaos`: personal networks in virtual time, under every fault. Exit status 1 where a run failed. */
import { hasNativeCrypto } from '../build/xs.ts';
import { runAll } from './crew.ts';
import { type Options, parseOptions, USAGE, UsageError } from './options.ts';
import type { RunOptions, Verdict } from './run.ts';
import { runInNode } from './run-in-node.ts';
import { type Summary, Tally } from './summary.ts';
import { runAllInXs } from './xs-crew.ts';

/** Failures that are shown with their traces; the seeds of all are in the summary. */
const MAX_SHOWN = 3;
const TRACE_LINES = 120;
const PROGRESS_MS = 5000;

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  if (options.xs && !hasNativeCrypto()) {
    throw new UsageError(
      '--xs needs native cryptography: install libmbedtls-dev, and run npm run chaos again',
    );
  }
  const summary = options.seeds === 1 && !options.xs ? runOne(options) : await runMany(options);
  if (options.json) console.log(JSON.stringify(summary, null, 2));
  else console.log(inWords(summary));
  return summary.failed.length === 0 ? 0 : 1;
}

/** Shows the whole trace where it fails. */
function runOne({ first, loss }: Options): Summary {
  const tally = new Tally();
  const verdict = runInNode({ seed: first, loss, keepsTrace: true });
  tally.add(verdict);
  if (verdict.failure !== undefined) console.error(verdict.trace.join('\n'));
  return tally.summary;
}

async function runMany(options: Options): Promise<Summary> {
  const { seeds, first, loss } = options;
  const tally = new Tally();
  const jobs: RunOptions[] = Array.from({ length: seeds }, (_, index) => ({
    seed: first + index,
    loss,
    keepsTrace: false,
  }));
  const progress = setInterval(() => console.error(progressOf(tally.summary, seeds)), PROGRESS_MS);
  try {
    const runThem = options.xs ? runAllInXs : runAll;
    await runThem(jobs, (verdict) => {
      tally.add(verdict);
      if (verdict.failure !== undefined && tally.summary.failed.length <= MAX_SHOWN) show(verdict, options);
    });
  } finally {
    clearInterval(progress);
  }
  return tally.summary;
}

function show({ seed, failure, trace }: Verdict, { loss }: Options): void {
  const withLoss = loss === undefined ? '' : ` --loss ${loss}`;
  console.error(`seed ${seed} fails: ${failure}`);
  console.error(trace.slice(-TRACE_LINES).join('\n'));
  console.error(`the whole of it: npm run chaos -- --seeds 1 --seed ${seed}${withLoss}`);
}

function progressOf({ seeds, failed, simulatedHours }: Summary, of: number): string {
  return `${seeds} of ${of} runs, ${failed.length} failed, ${simulatedHours} hours simulated`;
}

function inWords(summary: Summary): string {
  const faults = Object.entries(summary.faults).map(
    ([kind, count]) => `  ${String(count).padStart(9)}  ${kind}`,
  );
  return [
    'faults:',
    ...faults,
    `${summary.delivered} readings delivered`,
    progressOf(summary, summary.seeds),
    ...(summary.failed.length === 0 ? [] : [`failed seeds: ${summary.failed.join(', ')}`]),
  ].join('\n');
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`chaos: ${error.message}`);
  process.exitCode = 2;
}
