// SPDX-License-Identifier: Apache-2.0

import { createServer } from 'node:net';

/** Below those that Linux gives to whoever connects (net.ipv4.ip_local_port_range). */
const FIRST = 12_000;
const COUNT = 18_000;

/** A port that nobody has now, and no connection is given meanwhile: whoever is killed comes back at the same. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
