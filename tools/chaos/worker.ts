// SPDX-License-Identifier: Apache-2.0

/** A process that makes one run after the other, as it is told. */
import type { RunOptions } from './run.ts';
import { runInNode } from './run-in-node.ts';

// Whoever gives the work may end meanwhile, and with that the channel to it.
process.on('message', (options: RunOptions) => process.send!(runInNode(options), () => {}));
// Without the one who gives the work there is none.
process.on('disconnect', () => process.exit());
