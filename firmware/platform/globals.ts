// SPDX-License-Identifier: Apache-2.0

/**
 * Gives XS the few globals that test runners written for Node and browsers take for granted, where the host
 * has none. For test images only, imported before all else: firmware calls `after` and `printLine`.
 */
import './text-decoder.ts';
import { printLine } from './console.ts';
import { after } from './timer.ts';

const globals: Record<string, unknown> = globalThis;
globals.console ??= { log: printValues, warn: printValues, error: printValues };
globals.setTimeout ??= (callback: () => void, milliseconds = 0) => after(milliseconds, callback);
globals.clearTimeout ??= (timer?: { cancel(): void }) => timer?.cancel();

function printValues(...values: unknown[]): void {
  printLine(values.join(' '));
}
