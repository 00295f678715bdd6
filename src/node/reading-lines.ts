// SPDX-License-Identifier: Apache-2.0

/**
 * Readings that a server received, written to a file or a pipe as NDJSON:
 *
 *     {"time":"2026-01-31T12:00:00.000Z","pne":"pne-1","id":0,"value":{"temperature":21.5}}
 */
import type { Writable } from 'node:stream';

export interface ReadingLines {
  /** `time`: when it arrived. */
  write(time: Date, pne: string, id: number, value: unknown): void;
  /** Settles when the reader has room: whoever can wait with further readings does. */
  ready(): Promise<void>;
  /** Settles when all of it is written, or cannot be. */
  end(): Promise<void>;
}

/** `onFailed` is told once what the stream cannot do; lines that follow are dropped. */
export function openReadingLines(stream: Writable, onFailed: (error: Error) => void): ReadingLines {
  let failed = false;
  let room: Promise<void> = Promise.resolve();
  const failure = new Promise<void>((resolve) => {
    stream.once('error', (error) => {
      failed = true;
      resolve();
      onFailed(error);
    });
  });

  return {
    write(time, pne, id, value): void {
      if (failed) return;
      if (stream.write(`${readingLine(time, pne, id, value)}\n`) || stream.listenerCount('drain') > 0) return;
      room = Promise.race([failure, new Promise<void>((resolve) => stream.once('drain', () => resolve()))]);
    },
    ready: () => room,
    end: () => Promise.race([failure, finished(stream)]),
  };
}

/** One line, without its end. */
export function readingLine(time: Date, pne: string, id: number, value: unknown): string {
  return `{"time":"${time.toISOString()}","pne":${jsonOf(pne)},"id":${id},"value":${jsonOf(value)}}`;
}

/** Standard output cannot be ended, and is written when what it holds is. */
function finished(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream === process.stdout) stream.write('', () => resolve());
    else stream.end(() => resolve());
  });
}

/** `JSON.stringify` writes 0 for -0. Numbers that JSON has not, and bytes, become null and arrays of numbers. */
export function jsonOf(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  if (value instanceof Uint8Array) return `[${value.join(',')}]`;
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${jsonOf(inner)}`)
    .join(',')}}`;
}
