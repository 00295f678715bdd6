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
/** `const { a, b } = ImplementationLimits;` at the level of a module: its functions have `ImplementationLimits.a` then. */
const LIMITS = /^const \{ ([\w, ]+) \} = ((?:Implementation|Specification)Limits);$/gm;
/** `const { a, b } = Name;` of what is named like a table. */
const TAKEN_APART = /\bconst \{ ([\w, ]+) \} = ([A-Z]\w+);/g;
/** `const NAME = 2 ** 14;` */
const CONSTANT = /^const ([A-Z][A-Z\d_]+) = ([-\d][-\da-fx *_]*);$/gm;
const REFUSED = /\brefuse\('(\w+)'(?=[,)])/g;

/** Tables whose names are data: what they hold is looked up while the program runs. */
const ASKED_BY_VALUE = Object.freeze(['Reason']);

/** Returns the source with its tables as enums, which esbuild replaces by their values, across modules too. */
export function withNumbers(source: string): string {
  return withoutConstants(source)
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

/** A constant of a module costs a slot, and a byte or two wherever a function uses it. esbuild drops what is left. */
function withoutConstants(source: string): string {
  let result = source;
  for (const [, name, value] of source.matchAll(CONSTANT)) result = replaceUses(result, name!, `(${value})`);
  for (const [whole, names, table] of source.matchAll(LIMITS)) {
    result = result.replace(whole, '');
    for (const name of names!.split(', ')) result = replaceUses(result, name, `${table}.${name}`);
  }
  return result;
}

/** Not where it is declared, nor the key of a property or a case: that is left, or is none of it. */
function replaceUses(source: string, name: string, value: string): string {
  return source.replaceAll(new RegExp(`(?<!const |[.\\w])${name}(?![\\w:])`, 'g'), value);
}

/** An enum that is left is used otherwise than by name, and is not what the table was: it has its numbers as names. */
export function tablesLeft(bundle: string): string[] {
  const tables = new Set([...bundle.matchAll(/\b(\w+)\[\1\["\w+"\] = /g)].map(([, name]) => name));
  return [...tables].map(
    (name) => `${name} is used otherwise than as ${name}.name: see ASKED_BY_VALUE in ${import.meta.url}`,
  );
}
