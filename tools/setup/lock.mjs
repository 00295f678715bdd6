// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { ROOT, say } from './run.mjs';

/** A name without a file, which ends with the process that has it: whoever is killed leaves no lock behind. */
const NAME = `\0pne-runtime-setup-${createHash('sha256').update(ROOT).digest('hex').slice(0, 32)}`;

/** Runs `work` while no other process of this machine sets this checkout up; waits for one that does. */
export async function alone(work) {
  let server = await hold();
  if (server === undefined) say('another setup of this checkout is at work; waiting for it');
  while (server === undefined) {
    await holderGone();
    server = await hold();
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}

function hold() {
  return new Promise((resolve, reject) => {
    // Those who wait are connected: they are let go with the process, or here.
    const waiting = new Set();
    const server = createServer((socket) => {
      waiting.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => waiting.delete(socket));
    });
    server.on('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(NAME, () => {
      const close = () => {
        server.close();
        for (const socket of waiting) socket.destroy();
      };
      resolve({ close });
    });
  });
}

function holderGone() {
  return new Promise((resolve) => {
    const socket = connect(NAME);
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}
