// SPDX-License-Identifier: Apache-2.0

/**
 * The user's readings: CSV with a header, or NDJSON, told apart by the first character. Both have one row
 * a line (a quoted CSV cell does not run over lines, so that one open quote cannot swallow the rest). A
 * row that does not parse, or that no PNE could send, is reported with its line number and skipped.
 */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parse as parseCsv } from 'csv-parse/sync';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { Refusal } from '../../src/refusal.ts';
import { UsageError } from './options.ts';

const payloads = createCborXPayloads();

export interface Reading {
  readonly line: number;
  /** The reading as JSON, as the PNE's sensor delivers it. */
  readonly text: string;
  /** The payload that the server must receive. */
  readonly payload: Uint8Array;
}

export interface SkippedRow {
  readonly line: number;
  readonly error: string;
}

export type Row = Reading | SkippedRow;

type RowParser = (line: number, text: string) => Row;

/** Rejects with a UsageError where the whole input is unusable: empty, or a bad CSV header. */
export async function* readRows(input: Readable): AsyncGenerator<Row> {
  let line = 0;
  let parseRow: RowParser | undefined;
  for await (const raw of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    const text = line === 1 ? raw.replace(/^\uFEFF/, '') : raw;
    if (text.trim() === '') continue;
    if (parseRow !== undefined) {
      yield parseRow(line, text);
    } else if (text.trimStart().startsWith('{')) {
      parseRow = ndjsonRow;
      yield parseRow(line, text);
    } else {
      parseRow = csvRowParser(text);
    }
  }
  if (parseRow === undefined) throw new UsageError('the input is empty: give CSV with a header, or NDJSON');
}

function ndjsonRow(line: number, text: string): Row {
  const value = parseJson(text);
  if (value === undefined) return { line, error: 'not valid JSON' };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { line, error: 'not a JSON object' };
  }
  return toRow(line, value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function csvRowParser(headerLine: string): RowParser {
  const names = csvCells(headerLine)?.map((name) => name.trim());
  if (names === undefined) throw new UsageError('the CSV header does not parse: check its quotes');
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new UsageError(`the CSV header names '${repeated}' twice`);
  if (names.includes('')) throw new UsageError('the CSV header has an empty column name');
  return (line, text) => {
    const cells = csvCells(text);
    if (cells === undefined) return { line, error: 'not valid CSV: check its quotes' };
    if (cells.length !== names.length) {
      return { line, error: `${cells.length} cells where the header has ${names.length}` };
    }
    return toRow(line, Object.fromEntries(names.map((name, index) => [name, cellValue(cells[index] ?? '')])));
  };
}

function csvCells(text: string): string[] | undefined {
  try {
    return parseCsv(text, { relax_column_count: true })[0] as string[] | undefined;
  } catch {
    return undefined;
  }
}

/** Numbers as JSON writes them become numbers, empty cells null, all else stays text. */
function cellValue(cell: string): unknown {
  if (cell === '') return null;
  const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(cell);
  return isNumber && Number.isFinite(Number(cell)) ? Number(cell) : cell;
}

/** Whether a PNE could send the row is found out here, where its line number is known. */
function toRow(line: number, value: object): Row {
  try {
    const payload = payloads.encode(value);
    if (hasUnsafeInteger(value))
      return { line, error: 'an integer beyond 2^53 would lose digits: write it as text' };
    return { line, text: JSON.stringify(value), payload };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { line, error: `no payload for a PNE: ${error.message}` };
  }
}

function hasUnsafeInteger(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnsafeInteger);
}
