// SPDX-License-Identifier: Apache-2.0

/** CSV with a header, with whatever stands between the cells. */
import { UsageError } from '../usage-error.ts';
import { type CsvRecord, cellsOf, csvRecords, widest } from './csv-records.ts';
import type { Line } from './lines.ts';
import { exactNumber, isNumber, NumberProblem } from './number.ts';
import { toRow } from './payload-row.ts';
import type { Row } from './row.ts';

/** `delimiter`: undefined finds it out. Rejects with a UsageError where the header cannot be one. */
export async function* csvRows(
  lines: AsyncIterable<Line>,
  delimiter: string | undefined,
): AsyncGenerator<Row> {
  let columns: Columns | undefined;
  for await (const record of csvRecords(lines, () => columns?.delimiter ?? delimiter)) {
    if (columns === undefined) columns = readHeader(record, delimiter);
    else yield columns.row(record);
  }
}

class Columns {
  readonly delimiter: string;
  private readonly names: readonly string[];

  constructor(names: readonly string[], delimiter: string) {
    this.names = names;
    this.delimiter = delimiter;
  }

  row({ number: line, text, error }: CsvRecord): Row {
    if (error !== undefined) return { line, error };
    const { names } = this;
    const cells = cellsOf(text, this.delimiter) ?? [];
    if (cells.length !== names.length) {
      const comment = text.startsWith('#') ? '; a comment is no row' : '';
      return { line, error: `${cells.length} cells where the header has ${names.length}${comment}` };
    }
    try {
      return toRow(line, Object.fromEntries(names.map((name, index) => [name, cellValue(cells[index]!)])));
    } catch (problem) {
      if (problem instanceof NumberProblem) return { line, error: problem.message };
      throw problem;
    }
  }
}

function readHeader({ number, text, error }: CsvRecord, given: string | undefined): Columns {
  if (error !== undefined) throw new UsageError(`the CSV header in line ${number} is ${error}`);
  const delimiter = given ?? widest(text);
  const names = (cellsOf(text, delimiter) ?? []).map((name) => name.trim());
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined && repeated !== '')
    throw new UsageError(`the CSV header names '${repeated}' twice`);
  if (names.every((name) => name === '' || isNumber(name)))
    throw new UsageError(
      `line ${number} has numbers where CSV has the names of its columns: put a line such as a,b,c in front`,
    );
  if (names.includes('')) throw new UsageError('the CSV header has an empty column name');
  return new Columns(names, delimiter);
}

/** Numbers as JSON writes them become numbers, with blanks around them too; empty cells null; all else is text. */
function cellValue(cell: string): unknown {
  if (cell === '') return null;
  return isNumber(cell.trim()) ? exactNumber(cell.trim()) : cell;
}
