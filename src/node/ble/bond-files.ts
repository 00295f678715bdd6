// SPDX-License-Identifier: Apache-2.0

/** Bonds in a folder, a file each. */
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
import type { BondStore } from './bonds.ts';

const SUFFIX = '.json';

/** Makes the folder where it is not there. */
export function openBondFiles(folder: string): BondStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (name: string) => join(folder, `${name}${SUFFIX}`);
  return {
    readAll() {
      const files = readdirSync(folder).filter((file) => file.endsWith(SUFFIX));
      return new Map(
        files.map((file) => [file.slice(0, -SUFFIX.length), readFileSync(join(folder, file), 'utf8')]),
      );
    },
    write(name, text) {
      const unfinished = join(folder, `${name}.new`);
      writeSynced(unfinished, text);
      renameSync(unfinished, pathOf(name));
      syncFolder(folder);
    },
    remove(name) {
      rmSync(pathOf(name), { force: true });
      syncFolder(folder);
    },
  };
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A name lasts once its folder is written. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
