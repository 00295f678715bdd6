// SPDX-License-Identifier: Apache-2.0
import { ImplementationLimits } from '../../src/limits.ts';

/** Bytes that may wait: two messages of the largest size with their frames. */
const MAX_QUEUED_BYTES = 2 * ImplementationLimits.linkMaxMessageBytes + 128;

export interface WriteQueue {
  /** Queues the bytes, borrowed for the call. False where there is no room: nothing is queued then. */
  add(bytes: Uint8Array): boolean;
  /** So many bytes may be written now. */
  allow(bytes: number): void;
  /** Forgets what waits; nothing is written any more. */
  close(): void;
}

/**
 * Holds what the port has no room for, and no more than a bound. `write` is given at most what is allowed
 * and returns what is allowed after it.
 */
export function createWriteQueue(write: (bytes: Uint8Array, allowed: number) => number): WriteQueue {
  const queue: Uint8Array[] = [];
  let queuedBytes = 0;
  let allowed = 0;
  let closed = false;

  function drain(): void {
    while (!closed && allowed > 0 && queue.length > 0) {
      const next = queue[0]!;
      const part = next.subarray(0, allowed);
      if (part.length === next.length) queue.shift();
      else queue[0] = next.subarray(part.length);
      queuedBytes -= part.length;
      allowed = write(part, allowed);
    }
  }

  return {
    add(bytes: Uint8Array): boolean {
      if (closed || queuedBytes + bytes.length > MAX_QUEUED_BYTES) return false;
      queue.push(bytes.slice());
      queuedBytes += bytes.length;
      drain();
      return true;
    },
    allow(bytes: number): void {
      allowed = bytes;
      drain();
    },
    close(): void {
      closed = true;
      queue.length = 0;
    },
  };
}
