// SPDX-License-Identifier: Apache-2.0

/** A process that makes one run after the other, as it is told. */
import { type RunOptions, run } from './run.ts';

process.on('message', (options: RunOptions) => process.send!(run(options)));
// Without the one who gives the work there is none.
process.on('disconnect', () => process.exit());
