// SPDX-License-Identifier: Apache-2.0

/**
 * The user's readings: CSV with a header or JSON in UTF-8, told apart by the first bytes (input/form.ts). A row
 * that does not parse, that no PNE could send or that would arrive changed is reported with its line and skipped.
 */
import { csvRows } from './input/csv-rows.ts';
import { type Form, tellForm } from './input/form.ts';
import { documentRows, ndjsonRows } from './input/json-rows.ts';
import { type Line, splitLines } from './input/lines.ts';
import type { Row } from './input/row.ts';
import { Source } from './input/source.ts';
import { UsageError } from './usage-error.ts';

/**
 * `delimiter` is what stands between cells of CSV; undefined finds it out. Rejects with a UsageError where the
 * whole input is unusable: empty, no text in UTF-8, or a bad CSV header.
 */
export async function* readRows(input: AsyncIterable<Uint8Array>, delimiter?: string): AsyncGenerator<Row> {
  const source = new Source(input);
  const { name, offset, line } = await formOf(source);
  const bytes = source.from(offset);
  const lines = () => numberedFrom(line, splitLines(bytes));
  if (name === 'empty') throw new UsageError('the input is empty: give CSV with a header, or NDJSON');
  if (name === 'csv') yield* csvRows(lines(), delimiter);
  else if (name === 'ndjson') yield* ndjsonRows(lines());
  else yield* documentRows(bytes, name === 'array', line);
}

async function formOf(source: Source): Promise<Form> {
  for (let isEnd = false; ; isEnd = !(await source.more())) {
    const form = tellForm(source.head, isEnd);
    if (form !== undefined) return form;
  }
}

async function* numberedFrom(first: number, lines: AsyncIterable<Line>): AsyncGenerator<Line> {
  for await (const line of lines) yield { ...line, number: line.number + first - 1 };
}
