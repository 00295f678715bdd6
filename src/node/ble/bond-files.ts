// SPDX-License-Identifier: Apache-2.0

/** Bonds in a folder, a file each. */
import { join } from 'node:path';
import type { BondStore } from './bonds.ts';
import { type Files, nodeFiles, UNFINISHED, writeWhole } from './files.ts';

const SUFFIX = '.json';

/** Makes the folder where it is not there. What a crash left unfinished is removed: it holds a key. */
export function openBondFiles(folder: string, files: Files = nodeFiles): BondStore {
  files.makeFolder(folder);
  for (const file of files.list(folder)) if (file.endsWith(UNFINISHED)) files.remove(join(folder, file));
  return {
    readAll() {
      const names = files.list(folder).filter((file) => file.endsWith(SUFFIX));
      return new Map(
        names.map((file) => [file.slice(0, -SUFFIX.length), files.read(join(folder, file)) ?? '']),
      );
    },
    write(name, text) {
      writeWhole(files, folder, `${name}${SUFFIX}`, text);
    },
    remove(name) {
      files.remove(join(folder, `${name}${SUFFIX}`));
      files.sync(folder);
    },
  };
}
