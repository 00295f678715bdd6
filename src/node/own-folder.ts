// SPDX-License-Identifier: Apache-2.0

/**
 * The folder of a program that runs on Node. Whoever may write in it administers the program: by what is in its store, or by
 * another store in that place. So nobody else may.
 */
import { mkdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

const WRITABLE_BY_OTHERS = 0o022;

/** Makes it where it is not there, for its owner alone. Returns its absolute path. Throws what `checkFolder` throws. */
export function openFolder(path: string): string {
  // The working directory may become another one.
  const folder = resolve(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  checkFolder(folder);
  return folder;
}

/** Throws what to do where other users may change what is in it. */
export function checkFolder(folder: string): void {
  if ((statSync(folder).mode & WRITABLE_BY_OTHERS) !== 0)
    throw new Error(`${folder} can be changed by other users: chmod go-w ${folder}`);
}
