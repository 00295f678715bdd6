// SPDX-License-Identifier: Apache-2.0

/** Test code: a process with one port, which says when it is asked what connections it has, and takes of memory. */
import { PORTS } from './hostile-ports.testing.ts';

const [name = ''] = process.argv.slice(2);
const { port, most, beginning } = await PORTS[name]!();

process.on('message', () => {
  global.gc!();
  const { heapUsed, external } = process.memoryUsage();
  const connections = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  process.send!({ connections, bytes: heapUsed + external });
});
process.on('disconnect', () => process.exit());
process.send!({ port, most, beginning: [...beginning] });
