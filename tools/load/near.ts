// SPDX-License-Identifier: Apache-2.0

import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { bundleNodeProgram } from '../build/node-program.ts';
import { Child } from './child.ts';
import type { LoadOptions } from './load-options.ts';
import type { NearApi } from './near-process.ts';

export interface NearResult {
  /** What the bare work on a reading takes of the processor, by what all roles together take for it. */
  readonly ratio: number;
  readonly rolesMicroseconds: number;
  readonly bareRolesMicroseconds: number;
}

/** The engine compiles what is used often: so many readings come first, if they take no longer than what is measured. */
const WARM_READINGS = 40_000;
const LOOK_MS = 250;

/** Runs all roles in one process, and what is bare in turn with them. */
export async function measureNear(options: LoadOptions, milliseconds: number): Promise<NearResult> {
  const { folder, store, pnes, gateways } = options;
  mkdirSync(folder, { recursive: true });
  const near = new Child<NearApi>(await bundleNodeProgram('tools/load/near-process.ts', 'load-near'));
  try {
    options.onProgress(`${pnes} PNEs are made, in one process with gateways and server`);
    await near.ask('open', { folder, store, pnes, gateways });
    await near.ask('connect', undefined);
    await near.ask('saturate', undefined);
    await warmUp(near, milliseconds, options);
    const { readings, processorMs, bareReadings, bareMs } = await near.ask('measure', { milliseconds });
    const rolesMicroseconds = (1000 * processorMs) / readings;
    const bareRolesMicroseconds = (1000 * bareMs) / bareReadings;
    return { ratio: bareRolesMicroseconds / rolesMicroseconds, rolesMicroseconds, bareRolesMicroseconds };
  } finally {
    await near.kill();
  }
}

async function warmUp(near: Child<NearApi>, milliseconds: number, options: LoadOptions): Promise<void> {
  const end = performance.now() + milliseconds;
  for (let readings = 0; readings < WARM_READINGS && performance.now() < end; ) {
    await pause(LOOK_MS);
    readings = await near.ask('progress', undefined);
    options.onProgress(`${readings} readings in one process`);
  }
}
