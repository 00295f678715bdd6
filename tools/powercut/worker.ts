// SPDX-License-Identifier: Apache-2.0

/** A process that makes one job after the other, as it is told. */
import { buildFlash } from './flash.ts';
import type { Job } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

const cutFlash = buildFlash();

process.on('message', ({ scenario, seed }: Job) => {
  const outcome = SCENARIOS.find(({ name }) => name === scenario)!.run(seed, cutFlash);
  // Whoever gives the work may end meanwhile, and with that the channel to it.
  process.send!(outcome, () => {});
});
// Without the one who gives the work there is none.
process.on('disconnect', () => process.exit());
