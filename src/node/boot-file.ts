// SPDX-License-Identifier: Apache-2.0

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BootStore } from '../delivery/boot.ts';

/** The boot counter of a device that runs on Node, in a file of its own: the former number or the new one is in it. */
export function openBootFile(path: string): BootStore {
  let epoch = readEpoch(path);
  return {
    get epoch(): number | undefined {
      return epoch;
    },
    write(next): void {
      const unfinished = `${path}.new`;
      write(unfinished, `${next}\n`);
      renameSync(unfinished, path);
      sync(dirname(path));
      epoch = next;
    },
  };
}

function readEpoch(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return /^[1-9]\d{0,9}\n$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

function write(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function sync(folder: string): void {
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
}
