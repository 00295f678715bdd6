// SPDX-License-Identifier: Apache-2.0

/** Names that people give, and why one is not taken. */
import { NodeLimits } from '../../node-limits.ts';

const { deviceMaxNameBytes } = NodeLimits;

/** Throws where a name is empty or too long. `what` has it, such as 'a device'. */
export function checkNameOf(what: string, name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes >= 1 && bytes <= deviceMaxNameBytes) return;
  const why = bytes === 0 ? 'this one is empty' : `this one has ${bytes}: give it a shorter one`;
  throw new Error(`the name of ${what} has 1 to ${deviceMaxNameBytes} bytes, and ${why}`);
}

/** The same of `--name`. */
export function checkName(name: string): void {
  if (Buffer.byteLength(name) > deviceMaxNameBytes)
    throw new Error(`takes a name of 1 to ${deviceMaxNameBytes} bytes`);
}
