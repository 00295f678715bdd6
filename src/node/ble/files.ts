// SPDX-License-Identifier: Apache-2.0

/** What bonds ask of a file system: injected, so that a test can cut it at every step. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface Files {
  /** With those above it, where they are not there. */
  makeFolder(folder: string): void;
  /** The names in a folder: none where there is no such folder. */
  list(folder: string): readonly string[];
  /** undefined where there is none, or none that can be read. */
  read(path: string): string | undefined;
  /** A crash before `sync` may leave any part of the text. */
  write(path: string, text: string): void;
  rename(from: string, to: string): void;
  /** A file, or a folder with what is in it. Nothing happens where there is none. */
  remove(path: string): void;
  /** Keeps what is in a file, or which names are in a folder. */
  sync(path: string): void;
}

/** How a file is called until it is whole. */
export const UNFINISHED = '.new';

/** After a crash the file is as before, or has this text. Throws where it cannot be written. */
export function writeWhole(files: Files, folder: string, name: string, text: string): void {
  const unfinished = join(folder, `${name}${UNFINISHED}`);
  files.write(unfinished, text);
  files.sync(unfinished);
  files.rename(unfinished, join(folder, name));
  files.sync(folder);
}

/** Those of this process. Nobody else reads what it makes. */
export const nodeFiles: Files = Object.freeze({
  makeFolder: (folder: string) => void mkdirSync(folder, { recursive: true, mode: 0o700 }),
  list: (folder: string) => orElse([], () => readdirSync(folder)),
  read: (path: string) => orElse(undefined, () => readFileSync(path, 'utf8')),
  write: (path: string, text: string) => withFile(path, 'w', (file) => writeSync(file, text)),
  rename: (from: string, to: string) => renameSync(from, to),
  remove: (path: string) => rmSync(path, { recursive: true, force: true }),
  sync: (path: string) => withFile(path, 'r', (file) => fsyncSync(file)),
});

function withFile(path: string, flags: string, act: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    act(file);
  } finally {
    closeSync(file);
  }
}

function orElse<T>(other: T, act: () => T): T {
  try {
    return act();
  } catch {
    return other;
  }
}
