// SPDX-License-Identifier: Apache-2.0

/**
 * Records of CSV (RFC 4180): a quoted cell may run over lines. A quote that never closes costs its own line alone:
 * those that were read in search of its end are read again.
 */
import { parse as parseCsv } from 'csv-parse/sync';
import { ImplementationLimits } from '../../../src/limits.ts';
import { type Line, MAX_ROW_BYTES } from './lines.ts';
import { decodeStrictly, notUtf8 } from './utf8.ts';

/** What may stand between cells where nobody says it: the one that makes most columns of the header. */
const DELIMITERS: readonly string[] = Object.freeze([',', ';', '\t', '|']);

/** Bytes of a record over several lines, which is more than any payload takes. */
const MAX_JOINED_BYTES = 4 * ImplementationLimits.payloadMaxBytes;

export interface CsvRecord {
  /** Of its first line. */
  readonly number: number;
  readonly text: string;
  readonly error?: string;
}

interface Taken {
  /** Lines. */
  readonly count: number;
  /** Undefined for an empty line. */
  readonly record?: CsvRecord;
}

/** `delimiter` returns it once it is known. */
export async function* csvRecords(
  lines: AsyncIterable<Line>,
  delimiter: () => string | undefined,
): AsyncGenerator<CsvRecord> {
  let waiting: Line[] = [];
  for await (const line of lines) {
    waiting.push(line);
    for (;;) {
      const taken = take(waiting, delimiter());
      if (taken === undefined) break;
      waiting = waiting.slice(taken.count);
      if (taken.record !== undefined) yield taken.record;
    }
  }
  while (waiting.length > 0) {
    const { count, record } = take(waiting, delimiter()) ?? badQuotes(waiting[0]!.number);
    waiting = waiting.slice(count);
    if (record !== undefined) yield record;
  }
}

/** The first record of these lines. Undefined where there is none yet, or it goes on. */
function take(lines: readonly Line[], delimiter: string | undefined): Taken | undefined {
  const [first] = lines;
  if (first === undefined) return undefined;
  const { number, bytes } = first;
  const text = bytes === undefined ? undefined : decodeStrictly(bytes);
  if (text === undefined) return { count: 1, record: unreadable(number, bytes) };
  return text.trim() === '' ? { count: 1 } : join(lines, delimiter);
}

function join(lines: readonly Line[], delimiter: string | undefined): Taken | undefined {
  const { number } = lines[0]!;
  let text = '';
  for (const [index, { bytes, end }] of lines.entries()) {
    const added = bytes === undefined ? undefined : decodeStrictly(bytes);
    if (added === undefined) return badQuotes(number);
    text += added;
    if (isClosed(text)) {
      const isRecord = cellsOf(text, delimiter ?? widest(text)) !== undefined;
      return isRecord ? { count: index + 1, record: { number, text } } : badQuotes(number);
    }
    if (text.length > MAX_JOINED_BYTES) return badQuotes(number);
    text += end;
  }
  return undefined;
}

/** Quotes come in pairs, those inside of quotes too. */
function isClosed(text: string): boolean {
  let isOpen = false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) isOpen = !isOpen;
  return !isOpen;
}

function unreadable(number: number, bytes: Uint8Array | undefined): CsvRecord {
  const error =
    bytes === undefined ? `longer than ${MAX_ROW_BYTES.toLocaleString('en')} bytes` : notUtf8(bytes);
  return { number, text: '', error };
}

function badQuotes(number: number): Taken {
  return { count: 1, record: { number, text: '', error: 'not valid CSV: check its quotes' } };
}

/** The delimiter that makes most cells of a header. */
export function widest(header: string): string {
  const count = (delimiter: string) => cellsOf(header, delimiter)?.length ?? 0;
  return DELIMITERS.reduce((best, next) => (count(next) > count(best) ? next : best));
}

/** The cells of one record; undefined where it is none. */
export function cellsOf(text: string, delimiter: string): readonly string[] | undefined {
  try {
    const rows = parseCsv(text, { delimiter, relax_column_count: true }) as string[][];
    return rows.length === 1 ? rows[0] : undefined;
  } catch {
    return undefined;
  }
}
