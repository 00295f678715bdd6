// SPDX-License-Identifier: Apache-2.0

/** A process that makes one job after the other, as it is told. */
import type { Job } from './crew.ts';
import { buildFlash } from './flash.ts';
import { SCENARIOS } from './scenarios.ts';

const cutFlash = buildFlash();

process.on('message', ({ scenario, seed }: Job) =>
  process.send!(SCENARIOS.find(({ name }) => name === scenario)!.run(seed, cutFlash)),
);
// Without the one who gives the work there is none.
process.on('disconnect', () => process.exit());
