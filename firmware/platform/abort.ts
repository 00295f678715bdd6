// SPDX-License-Identifier: Apache-2.0

import { printLine } from './console.ts';

/**
 * Where every error ends that nothing caught, in a callback of the platform or in the engine itself (memory).
 * Reports it; the engine then restarts a board and ends a process. Call it first of all. The SDK notices a
 * rejected promise only when it collects it: firmware uses none.
 *
 * The SDK calls the global `abort` for this when the image defines `xs.abortHook`.
 */
export function reportAborts(): void {
  let isReported = false;
  /** SDK 8.2.3 throws after this where there was an exception, and comes back with that until its stack ends. */
  function abort(reason: string, exception: unknown): void {
    if (isReported) return;
    isReported = true;
    printLine(`pne: ${reason}: ${exception}`);
  }
  Object.assign(globalThis, { abort });
}
