// SPDX-License-Identifier: Apache-2.0

/**
 * Numbers in place of names, in the program of a device. A table of numbers that code only ever asks by name,
 * as `Major.map`, becomes the numbers themselves; `refuse('tooLong')` refuses by number, which means the same
 * (src/refusal.ts). What it saves is bytecode, names, and slots for the tables.
 */
import { Reason } from '../../src/refusal.ts';

/** `const Name = Object.freeze({ a: 1, b: 2 ** 14 });`, whatever comments are in it. */
const TABLE =
  /^((?:export )?)const ([A-Z]\w*[a-z]\w*) = Object\.freeze\(\{((?:\s|\/\/.*|\/\*\*[^{}]*?\*\/|\w+: [-\d][-\d *_]*,?)*)\}(?: as const)?\);$/gm;
/** `const { a, b } = Name;` of what is named like a table. */
const TAKEN_APART = /\bconst \{ ([\w, ]+) \} = ([A-Z]\w+);/g;
const REFUSED = /\brefuse\('(\w+)'(?=[,)])/g;

/** Tables whose names are data: what they hold is looked up while the program runs. */
const ASKED_BY_VALUE = Object.freeze(['Reason']);

/** Returns the source with its tables as enums, which esbuild replaces by their values, across modules too. */
export function withNumbers(source: string): string {
  return source
    .replace(TABLE, (whole, exported: string, name: string, rows: string) =>
      ASKED_BY_VALUE.includes(name)
        ? whole
        : `${exported}enum ${name} {${rows.replaceAll(/(\w): /g, '$1 = ')}}`,
    )
    .replace(TAKEN_APART, (_whole, names: string, table: string) =>
      names
        .split(', ')
        .map((name) => `const ${name} = ${table}.${name};`)
        .join(' '),
    )
    .replace(REFUSED, (whole, name: string) =>
      name in Reason ? `refuse(${Reason[name as keyof typeof Reason]}` : whole,
    );
}

/** An enum that is left is used otherwise than by name, and is not what the table was: it has its numbers as names. */
export function tablesLeft(bundle: string): string[] {
  const tables = new Set([...bundle.matchAll(/\b(\w+)\[\1\["\w+"\] = /g)].map(([, name]) => name));
  return [...tables].map(
    (name) => `${name} is used otherwise than as ${name}.name: see ASKED_BY_VALUE in ${import.meta.url}`,
  );
}
