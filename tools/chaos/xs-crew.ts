// SPDX-License-Identifier: Apache-2.0

import { availableParallelism } from 'node:os';
import { bundleForXs, ROOT } from '../build/bundle.ts';
import { type Memory, spawnXs } from '../build/xs.ts';
import { finish } from '../test/command.ts';
import type { RunOptions, Verdict } from './run.ts';

/** A whole network is in one machine, and what one entity does goes on in the next: more than a device's stack. */
const STACK = 4096;
const MEMORY: Memory = {
  chunk: { initial: 4_000_000, incremental: 1_000_000 },
  heap: { initial: 100_000, incremental: 50_000 },
  limit: 1024 ** 3,
};

/** Makes the runs inside XS, a machine a run, in as many processes as there are processors. */
export async function runAllInXs(
  jobs: readonly RunOptions[],
  onVerdict: (verdict: Verdict) => void,
): Promise<void> {
  const waiting = [...jobs];
  const work = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) onVerdict(await runInXs(job));
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), jobs.length) }, work));
}

/**
 * The host has to have the native provider. Its library has places for 32 keys of PSA, which all entities share here, the
 * dead ones too until their memory is collected: few runs come to more, and end in status -141, which they do not in Node.
 */
export async function runInXs(options: RunOptions): Promise<Verdict> {
  const contents = `
    import { printLine } from './firmware/platform/console.ts';
    import { bindCryptoNatives } from './firmware/platform/crypto.ts';
    import { after } from './firmware/platform/timer.ts';
    import { runWith } from './tools/chaos/xs-program.ts';
    after(0, () => printLine(runWith(bindCryptoNatives(), ${JSON.stringify(options)})));`;
  const bundle = await bundleForXs({ contents, resolveDir: ROOT }, `chaos-${options.seed}`);
  const { status, output } = await finish(spawnXs(bundle, { memory: MEMORY, stack: STACK }));
  if (status !== 0) throw new Error(`seed ${options.seed} in XS: ${output.trim() || `status ${status}`}`);
  return JSON.parse(output) as Verdict;
}
