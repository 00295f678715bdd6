// SPDX-License-Identifier: Apache-2.0

/** What a PNE's board says (firmware/programs/journal.ts), and the words with which it ends. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { PASSKEY } from './ble/board.ts';

/** A line of the console. On an emulated board it comes by the stream of errors. */
export const SAID = /^pne: /;
/** The board stands still from now on, and says why. */
export const STOPPED = /^pne: stopped: (.*)$/;

/** Characters of a line that are kept. */
const MAX_WORDS = 500;

/**
 * Resolves when the process has ended: with why it stood still, which ends it, or the first line it wrote to stderr that
 * is no word of its console, or its status. Reads all that it says: a board whose console nobody reads would stall.
 */
export function lastWords(child: ChildProcess): Promise<string> {
  let stopped: string | undefined;
  let words: string | undefined;
  const onLine = (line: string, isError: boolean) => {
    const [, why] = line.match(STOPPED) ?? [];
    if (why !== undefined) {
      stopped ??= why;
      child.kill('SIGTERM');
    } else if (isError && line.trim() !== '' && !SAID.test(line) && !PASSKEY.test(line)) {
      words ??= line.slice(0, MAX_WORDS);
    }
  };
  readLines(child.stdout, (line) => onLine(line, false));
  readLines(child.stderr, (line) => onLine(line, true));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (status, signal) =>
      resolve(stopped ?? words ?? `ended with ${signal ?? `status ${status}`}`),
    );
  });
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', onLine);
}
