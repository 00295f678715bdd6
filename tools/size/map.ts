// SPDX-License-Identifier: Apache-2.0

/** What the linker put into an image, from its map. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** One input section. */
export interface Placed {
  /** As `.text.fxRunID`, `.bss.gRegion`. */
  readonly section: string;
  /** The object file, without its folder: `xsRun.xs.o`, `libc.a(...)`. */
  readonly object: string;
  readonly bytes: number;
}

/** Every input section that takes memory of the machine. */
export function readMap(path: string): Placed[] {
  const text = readFileSync(path, 'utf8');
  const start = text.indexOf('\nLinker script and memory map\n');
  const end = text.indexOf('\n.comment', start);
  if (start < 0 || end < 0) throw new Error(`${path} is no map of this linker`);
  // A long name stands on a line of its own.
  const entries = text.slice(start, end).matchAll(/^ (\.\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$/gm);
  return [...entries]
    .map(([, section, , bytes, object]) => ({
      section: section!,
      object: basename(object!),
      bytes: Number.parseInt(bytes!, 16),
    }))
    .filter(({ bytes }) => bytes > 0);
}
