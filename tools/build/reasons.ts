// SPDX-License-Identifier: Apache-2.0

/** The names of reasons in the program of a device: of those that it refuses with, and of those that C does. */

/** The first reason that C does not know: what is below is of bytes, CBOR, cryptography and records. */
export const FIRST_WITHOUT_C = 60;

const TABLE = /^var Reason = Object\.freeze\(\{\n((?:.*\n)*?)\}\);$/m;
const ROW = /^ {2}(\w+): (\d+),?\n/gm;

/** A row takes 8 bytes of bytecode, and in memory a slot, a key and its text. */
export function withoutReasons(bundle: string): string {
  const [table, rows] = bundle.match(TABLE) ?? [];
  if (table === undefined) return bundle;
  const rest = bundle.replace(table, '');
  const refused = new Set([...rest.matchAll(/\brefuse\w*\((\d+)/g)].map(([, number]) => number));
  const named = new Set(rest.match(/\w+/g));
  const kept = rows!.replace(ROW, (row, name: string, number: string) =>
    Number(number) < FIRST_WITHOUT_C || refused.has(number) || named.has(name) ? row : '',
  );
  return bundle.replace(table, () => table.replace(rows!, () => kept));
}
