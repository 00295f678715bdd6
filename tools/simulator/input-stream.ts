// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants, createReadStream, fstatSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from './usage-error.ts';

/**
 * Opens the input: a path, or '-' for standard input. What can be told of it at once is thrown as a UsageError,
 * and what goes wrong later rejects with one.
 */
export function openInput(path: string): AsyncIterable<Uint8Array> {
  const name = path === '-' ? 'standard input' : path;
  const absolute = resolve(path);
  try {
    const status = path === '-' ? fstatSync(0) : statSync(absolute);
    if (status.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    if (path !== '-') accessSync(absolute, constants.R_OK);
  } catch (error) {
    throw unreadable(name, error);
  }
  return readAll(path === '-' ? process.stdin : createReadStream(absolute), name);
}

async function* readAll(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw unreadable(name, error);
  }
}

function unreadable(name: string, error: unknown): UsageError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new UsageError(
    `cannot read ${name}: ${code === 'EISDIR' ? 'it is a folder; name a file' : message}`,
  );
}
