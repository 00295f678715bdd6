// SPDX-License-Identifier: Apache-2.0

/** Where received readings go. */
import { createWriteStream, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { openReadingLines, type ReadingLines } from '../../src/node/reading-lines.ts';
import { type Endings, outputEnding } from './ending.ts';
import type { Row } from './input/row.ts';
import type { Options } from './options.ts';
import { UsageError } from './usage-error.ts';

/** Undefined where nobody wants them. A file is written anew; where that fails the run ends. */
export function openOutput({ output, input }: Options, endings: Endings): ReadingLines | undefined {
  if (output === undefined) return undefined;
  if (output === '-') return openReadingLines(process.stdout, () => undefined);
  const path = resolve(output);
  if (input !== undefined && isSame(input, path)) throw new UsageError('--output would write over the input');
  return openReadingLines(createWriteStream(path), (error) => endings.end(outputEnding(output, error)));
}

/** Reads no further than the output has room for what becomes of the rows. */
export async function* heldBack(rows: AsyncIterable<Row>, output: ReadingLines): AsyncGenerator<Row> {
  for await (const row of rows) {
    await output.ready();
    yield row;
  }
}

function isSame(input: string, path: string): boolean {
  try {
    return input !== '-' && realpathSync(input) === realpathSync(path);
  } catch {
    return false;
  }
}
