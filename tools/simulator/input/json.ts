// SPDX-License-Identifier: Apache-2.0

/**
 * JSON (RFC 8259) as it was written: `JSON.parse` rounds numbers and drops all but the last of equal keys without
 * a word. Depth is bounded by the payload's.
 */
import { ImplementationLimits } from '../../../src/limits.ts';
import { exactNumber } from './number.ts';

const { payloadMaxDepth } = ImplementationLimits;

/** The text is not JSON, or not as a payload can hold it; `message` says why. */
export class JsonProblem extends Error {}

/** Throws a JsonProblem, or a NumberProblem. */
export function parseJson(text: string): unknown {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

const LITERALS: readonly (readonly [string, unknown])[] = Object.freeze([
  ['true', true],
  ['false', false],
  ['null', null],
]);
/** What people write where JSON has no such thing. */
const FAULTS: readonly (readonly [RegExp, string])[] = Object.freeze([
  [/^-?(NaN|Infinity|nan|inf)\b/, 'JSON has no NaN or Infinity: write null, or text'],
  [/^(#|\/\/|\/\*)/, 'JSON has no comments'],
  [/^'/, 'texts of JSON have double quotes'],
  [/^(True|False|None)\b/, 'JSON writes true, false and null'],
  [/^[+.]/, 'numbers of JSON begin with a digit or -'],
]);

class Parser {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): unknown {
    this.space();
    const next = this.text[this.at];
    if (next === '{') return this.object(depth + 1);
    if (next === '[') return this.array(depth + 1);
    if (next === '"') return this.string();
    for (const [word, value] of LITERALS) if (this.takes(word)) return value;
    return this.number();
  }

  end(): void {
    this.space();
    if (this.at < this.text.length) this.fail();
  }

  private object(depth: number): object {
    this.open(depth);
    const entries = new Map<string, unknown>();
    while (!this.closes('}', entries.size)) {
      if (this.text[this.at] !== '"') this.fail();
      const key = this.string();
      if (key === '__proto__') throw new JsonProblem("no payload may have the key '__proto__'");
      if (entries.has(key)) throw new JsonProblem(`the key '${key}' comes twice`);
      this.space();
      if (!this.takes(':')) this.fail();
      entries.set(key, this.value(depth));
    }
    return Object.fromEntries(entries);
  }

  private array(depth: number): unknown[] {
    this.open(depth);
    const values: unknown[] = [];
    while (!this.closes(']', values.length)) values.push(this.value(depth));
    return values;
  }

  private open(depth: number): void {
    if (depth > payloadMaxDepth)
      throw new JsonProblem(`nested more than ${payloadMaxDepth} deep, which no payload may be`);
    this.at += 1;
  }

  /** Whether the container ends here; else moves on to what comes next in it. */
  private closes(bracket: string, count: number): boolean {
    this.space();
    if (this.takes(bracket)) return true;
    if (count === 0) return false;
    if (!this.takes(',')) this.fail();
    this.space();
    if (this.text[this.at] === bracket) throw new JsonProblem(`not valid JSON: a comma before ${bracket}`);
    return false;
  }

  private string(): string {
    const found = this.matched(/"(?:[^"\\]|\\.)*"/suy) ?? this.fail('a text that does not end');
    const value = unquoted(found) ?? this.fail('a text with a character or an escape that JSON has not');
    if (/\p{Surrogate}/u.test(value))
      throw new JsonProblem('a text with half of a surrogate pair is no Unicode');
    return value;
  }

  private number(): number {
    return exactNumber(this.matched(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y) ?? this.fail());
  }

  private space(): void {
    this.matched(/[ \t\n\r]*/y);
  }

  private takes(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private matched(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    this.at += found?.length ?? 0;
    return found;
  }

  private fail(what?: string): never {
    const rest = this.text.slice(this.at);
    const [, known] = FAULTS.find(([pattern]) => pattern.test(rest)) ?? [];
    const found = rest === '' ? 'it ends too early' : `unexpected ${JSON.stringify(rest.slice(0, 8))}`;
    throw new JsonProblem(`not valid JSON: ${what ?? known ?? `${found} at character ${this.at + 1}`}`);
  }
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
