// SPDX-License-Identifier: Apache-2.0

import { JsonProblem, parseJson } from './json.ts';
import { type Element, splitElements } from './json-elements.ts';
import { type Line, MAX_ROW_BYTES } from './lines.ts';
import { NumberProblem } from './number.ts';
import { toRow } from './payload-row.ts';
/** Rows of JSON: an object a line (NDJSON), or objects in an array or one behind the other, however laid out. */
import type { Row } from './row.ts';
import { decodeStrictly, notUtf8 } from './utf8.ts';

const TOO_LONG = `longer than ${MAX_ROW_BYTES.toLocaleString('en')} bytes: rows are a line each, or elements of an array`;

export async function* ndjsonRows(lines: AsyncIterable<Line>): AsyncGenerator<Row> {
  for await (const { number, bytes } of lines) {
    const row = jsonRow(number, bytes);
    if (row !== undefined) yield row;
  }
}

/** `line` is that of the first byte. */
export async function* documentRows(
  chunks: AsyncIterable<Uint8Array>,
  isArray: boolean,
  line: number,
): AsyncGenerator<Row> {
  for await (const element of splitElements(chunks, isArray, line)) {
    const row = element.isCut ? cutRow(element) : jsonRow(element.line, element.bytes);
    if (row !== undefined) yield row;
  }
}

function cutRow({ line }: Element): Row {
  return { line, error: 'not valid JSON: the input ends before what begins here is closed' };
}

/** Undefined for an empty line. */
function jsonRow(line: number, bytes: Uint8Array | undefined): Row | undefined {
  if (bytes === undefined) return { line, error: TOO_LONG };
  const text = decodeStrictly(bytes);
  if (text === undefined) return { line, error: notUtf8(bytes) };
  if (text.trim() === '') return undefined;
  try {
    const value = parseJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return toRow(line, value);
    return { line, error: 'not a JSON object' };
  } catch (error) {
    if (error instanceof JsonProblem || error instanceof NumberProblem) return { line, error: error.message };
    throw error;
  }
}
