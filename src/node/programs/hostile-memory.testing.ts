// SPDX-License-Identifier: Apache-2.0

/** Test code: a process with one port, which says what it takes of memory when it is asked. */
import { PORTS } from './hostile-ports.testing.ts';

const [name = ''] = process.argv.slice(2);
const { port, most, beginning } = await PORTS[name]!();

process.on('message', () => {
  global.gc!();
  const { heapUsed, external } = process.memoryUsage();
  process.send!(heapUsed + external);
});
process.on('disconnect', () => process.exit());
process.send!({ port, most, beginning: [...beginning] });
