// SPDX-License-Identifier: Apache-2.0

/** Files with secrets, in a folder of state: for their owner alone, and sealed where there is a key for that. */
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { isSealed, type SealingKey } from './sealing-key.ts';

/**
 * What a file holds, which the caller wipes; undefined where there is none. One that lies there in the clear is sealed,
 * where there is a key. Throws what to do where others may read it, or where it is sealed under another key.
 */
export function readSecret(path: string, key: SealingKey | undefined): Uint8Array | undefined {
  const bytes = readPrivate(path);
  if (bytes === undefined) return undefined;
  if (isSealed(bytes)) return unseal(path, bytes, key);
  if (key !== undefined) replace(path, key.seal(basename(path), bytes));
  return bytes;
}

/** Writes a file that is not there yet. */
export function writeSecret(path: string, bytes: Uint8Array, key: SealingKey | undefined): void {
  writeOnce(path, key === undefined ? bytes : key.seal(basename(path), bytes), 0o600);
}

/** Seals a file under another key. It may be done already, where an earlier try was cut off. Returns whether it is there. */
export function resealSecret(path: string, former: SealingKey | undefined, next: SealingKey): boolean {
  const bytes = readPrivate(path);
  if (bytes === undefined) return false;
  const name = basename(path);
  if (next.open(name, bytes) !== undefined) return true;
  const plain = isSealed(bytes) ? unseal(path, bytes, former) : bytes;
  replace(path, next.seal(name, plain));
  plain.fill(0);
  return true;
}

function unseal(path: string, bytes: Uint8Array, key: SealingKey | undefined): Uint8Array {
  if (key === undefined) throw new Error(`${path} is sealed: give the --sealing-key that it was sealed with`);
  const plain = key.open(basename(path), bytes);
  if (plain === undefined)
    throw new Error(`${path} was sealed with another --sealing-key, or is damaged: restore it from a copy`);
  return plain;
}

/** The bytes of a file that no other user may read; undefined where there is none. */
export function readPrivate(path: string): Uint8Array | undefined {
  try {
    if ((statSync(path).mode & 0o077) !== 0)
      throw new Error(`${path} can be read by other users: chmod 600 ${path}`);
    // A slice of a Buffer is no copy: it would be wiped with the rest.
    return Uint8Array.from(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** The file is whole, or is not there; one that is there stays as it is, and it throws. */
export function writeOnce(path: string, bytes: Uint8Array, mode: number): void {
  write(path, bytes, mode, (unfinished) => {
    linkSync(unfinished, path);
    rmSync(unfinished);
  });
}

/** The file is the former, or the new one. */
function replace(path: string, bytes: Uint8Array): void {
  write(path, bytes, 0o600, (unfinished) => renameSync(unfinished, path));
}

function write(path: string, bytes: Uint8Array, mode: number, finish: (unfinished: string) => void): void {
  const unfinished = `${path}.${process.pid}.new`;
  const file = openSync(unfinished, 'wx', mode);
  try {
    writeSync(file, bytes);
    fsyncSync(file);
    finish(unfinished);
  } finally {
    closeSync(file);
    rmSync(unfinished, { force: true });
  }
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
