// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { accepted, type End, type Values } from './end.ts';

const PEER = fileURLToPath(new URL('peer.py', import.meta.url));

/** Starts peer.py, which speaks for lakers, pycose and cbor2. */
export function startPythonEnd(python: string): End {
  const child = spawn(python, [PEER], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // A peer that has ended is noticed where its answer is missing.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name: 'python',
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error('peer.py has ended');
      return accepted('the Python end', request, JSON.parse(value) as Values);
    },
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
