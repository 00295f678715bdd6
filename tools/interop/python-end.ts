// SPDX-License-Identifier: Apache-2.0

import { fileURLToPath } from 'node:url';
import type { End } from './end.ts';
import { startProcessEnd } from './process-end.ts';

const PEER = fileURLToPath(new URL('peer.py', import.meta.url));

/** Starts peer.py, which speaks for lakers, pycose and cbor2. */
export function startPythonEnd(python: string): End {
  return startProcessEnd({ name: 'Python', command: python, args: [PEER] });
}
