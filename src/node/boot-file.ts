// SPDX-License-Identifier: Apache-2.0

import { encodeUtf8 } from '../bytes/utf8.ts';
import type { BootStore } from '../delivery/boot.ts';
import { keepFile, readKept } from './kept-file.ts';

/** The boot counter of a device that runs on Node, in a file of its own: the former number or the new one is in it. */
export function openBootFile(path: string): BootStore {
  let epoch = readEpoch(path);
  return {
    get epoch(): number | undefined {
      return epoch;
    },
    write(next): void {
      keepFile(path, encodeUtf8(`${next}\n`));
      epoch = next;
    },
  };
}

function readEpoch(path: string): number | undefined {
  const text = new TextDecoder().decode(readKept(path));
  return /^[1-9]\d{0,9}\n$/.test(text) ? Number(text) : undefined;
}
