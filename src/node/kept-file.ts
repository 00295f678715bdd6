// SPDX-License-Identifier: Apache-2.0

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a file holds, undefined where there is none. The caller owns it. */
export function readKept(path: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** The former content or the new one is in the file, whenever the power fails; no other user reads it. */
export function keepFile(path: string, content: Uint8Array): void {
  const unfinished = `${path}.new`;
  write(unfinished, content);
  renameSync(unfinished, path);
  syncFolder(dirname(path));
}

/** One that is not there is no error. */
export function removeKept(path: string): void {
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}

/** What was renamed or removed in it stays so. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function write(path: string, content: Uint8Array): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
