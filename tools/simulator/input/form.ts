// SPDX-License-Identifier: Apache-2.0

/** What the input is, told by its first bytes. */
import { UsageError } from '../usage-error.ts';
import { JsonProblem, parseJson } from './json.ts';
import { MAX_ROW_BYTES } from './lines.ts';
import { NumberProblem } from './number.ts';

export interface Form {
  readonly name: 'csv' | 'ndjson' | 'array' | 'values' | 'empty';
  /** Bytes in front of the first row or header, and the line that this is in. */
  readonly offset: number;
  readonly line: number;
}

/** First bytes of what is no text, and how to make readings of it. */
const MAGIC: readonly (readonly [bytes: readonly number[], problem: string])[] = Object.freeze([
  [[0xff, 0xfe], 'UTF-16: convert it, as with iconv -f UTF-16 -t UTF-8'],
  [[0xfe, 0xff], 'UTF-16: convert it, as with iconv -f UTF-16 -t UTF-8'],
  [[0x1f, 0x8b], 'compressed: zcat FILE | npm start -- --input -'],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive, as spreadsheets are: save it as CSV in UTF-8'],
]);
const BOM = Object.freeze([0xef, 0xbb, 0xbf]);

/** Undefined where it takes more of the input to tell. Throws a UsageError for what is no text. */
export function tellForm(head: Buffer, isEnd: boolean): Form | undefined {
  if (head.length < 4 && !isEnd) return undefined;
  refuseBinary(head);
  const { offset, line } = skipToContent(head);
  const rest = head.subarray(offset);
  if (rest.length === 0) return isEnd ? { name: 'empty', offset, line } : undefined;
  const isWhole = isEnd || head.length > MAX_ROW_BYTES;
  if (rest[0] === 0x23 && !isWhole) return undefined;
  const name = nameOf(rest.toString('utf8'), isWhole);
  return name === undefined ? undefined : { name, offset, line };
}

function refuseBinary(head: Buffer): void {
  const [, problem] = MAGIC.find(([bytes]) => startsWith(head, bytes)) ?? [];
  if (problem !== undefined) throw new UsageError(`the input is ${problem}`);
  const zero = head.indexOf(0);
  if (zero === -1) return;
  const isWide = head.length > 1 && (head[0] === 0) !== (head[1] === 0);
  throw new UsageError(
    isWide
      ? 'the input is UTF-16: convert it, as with iconv -f UTF-16LE -t UTF-8'
      : `the input is no text: byte ${zero + 1} is 0; give CSV with a header, or NDJSON, in UTF-8`,
  );
}

/** Past a byte order mark, empty lines, and comments in front of all rows. */
function skipToContent(head: Buffer): { offset: number; line: number } {
  let offset = startsWith(head, BOM) ? BOM.length : 0;
  let line = 1;
  for (;;) {
    const [skipped = ''] =
      /^[ \t\r\n]*(#[^\r\n]*(\r\n|\n|\r(?=[^\n])))?/.exec(head.toString('latin1', offset)) ?? [];
    if (skipped === '') return { offset, line };
    offset += skipped.length;
    line += skipped.match(/\r\n|\n|\r/g)?.length ?? 0;
  }
}

function startsWith(head: Buffer, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[index] === byte);
}

/** An object that its first line does not end is laid out over several, unless the second is one by itself. */
function nameOf(text: string, isWhole: boolean): Form['name'] | undefined {
  if (text.startsWith('[')) return 'array';
  if (!text.startsWith('{')) return 'csv';
  const [first = '', ...rest] = text.split(/\r\n|\n|\r/);
  if (rest.length === 0 && !isWhole) return undefined;
  if (!isUnclosed(first)) return 'ndjson';
  const [second, ...others] = rest.filter((line, index) => line.trim() !== '' || index === rest.length - 1);
  if (others.length === 0 && !isWhole) return undefined;
  return isObject(second ?? '') ? 'ndjson' : 'values';
}

function isUnclosed(text: string): boolean {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '');
  const count = (pattern: RegExp) => bare.match(pattern)?.length ?? 0;
  return count(/[[{]/g) > count(/[\]}]/g);
}

function isObject(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return false;
  try {
    parseJson(text);
    return true;
  } catch (error) {
    if (error instanceof NumberProblem) return true;
    if (error instanceof JsonProblem) return false;
    throw error;
  }
}
