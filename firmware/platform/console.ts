// SPDX-License-Identifier: Apache-2.0

/** Writes one line to the board's console. Never give it a secret. */
export function printLine(line: string): void {
  trace(`${line}\n`);
}
