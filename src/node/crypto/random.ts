// SPDX-License-Identifier: Apache-2.0

import { randomFillSync } from 'node:crypto';

/** Drawn at once for small requests: a call costs more than the bytes. */
const POOL_BYTES = 1024;
const SMALL_BYTES = 64;

/** Fills arrays with random bytes of OpenSSL. What was given out is not kept. */
export function createRandom(): (target: Uint8Array) => void {
  const pool = new Uint8Array(POOL_BYTES);
  let next = POOL_BYTES;

  return (target) => {
    const { length } = target;
    if (length > SMALL_BYTES) {
      randomFillSync(target);
      return;
    }
    if (next + length > POOL_BYTES) {
      randomFillSync(pool);
      next = 0;
    }
    for (let at = 0; at < length; at += 1, next += 1) {
      target[at] = pool[next]!;
      pool[next] = 0;
    }
  };
}
