// SPDX-License-Identifier: Apache-2.0

/**
 * The structures that our C allocates and the crypto library fills. ESP-IDF compiles the library and mcconfig our C,
 * with options of their own: one that is missing here, and the library writes past their ends.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImagePlaces } from './esp32-places.ts';
import type { Esp32Tools } from './esp32-tools.ts';
import { runTool } from './sdk.ts';

/** Sizes in bytes, by the structures' names. */
export type StructureSizes = ReadonlyMap<string, number>;

/** What is shared must be seen: a check that finds less than this has checked nothing. */
const SHARED: readonly string[] = Object.freeze(['psa_hash_operation_s', 'psa_key_attributes_s']);

/** Rejects with one line where one differs. */
export async function checkStructures(
  { toolchain }: Pick<Esp32Tools, 'toolchain'>,
  { objects, project }: Pick<ImagePlaces, 'objects' | 'project'>,
): Promise<void> {
  const library = await filesBelow(join(project, 'build/esp-idf/mbedtls'), /^libtfpsacrypto\.a$/);
  const own = await filesBelow(objects, /^(aead|mac|record|crypto-\w+)\.c\.o$/, 0);
  const read = async (files: readonly string[]) =>
    readStructures(await runTool(`${toolchain}readelf`, ['--debug-dump=info', ...files]));
  const problems = compareStructures(await read(own), await read(library));
  if (problems.length > 0) throw new Error(`MODDABLE: crypto library and image differ: ${problems[0]}`);
}

/** Returns a line for each that differs, and for each that was not found on both sides. */
export function compareStructures(own: StructureSizes, library: StructureSizes): string[] {
  const missing = SHARED.filter((name) => !own.has(name) || !library.has(name));
  const different = [...own].filter(([name, bytes]) => (library.get(name) ?? bytes) !== bytes);
  return [
    ...different.map(
      ([name, bytes]) => `${name} has ${bytes} bytes here, ${library.get(name)} in the library`,
    ),
    ...missing.map((name) => `${name} was not found`),
  ];
}

/** Of the library's interface, from what readelf prints of DWARF. */
export function readStructures(text: string): StructureSizes {
  const sizes = new Map<string, number>();
  for (const entry of text.split(/^ *<[0-9a-f]+><[0-9a-f]+>: /m)) {
    if (!/^Abbrev Number: \d+ \(DW_TAG_structure_type\)/.test(entry)) continue;
    const name = /DW_AT_name .*: (\w+)\s*$/m.exec(entry)?.[1];
    const size = /DW_AT_byte_size\s*: (0x[0-9a-f]+|\d+)/.exec(entry)?.[1];
    if (name !== undefined && size !== undefined && /^(psa|mbedtls)_/.test(name))
      sizes.set(name, Number(size));
  }
  return sizes;
}

async function filesBelow(folder: string, pattern: RegExp, depth = 8): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && pattern.test(entry.name));
  const folders = depth > 0 ? entries.filter((entry) => entry.isDirectory()) : [];
  const below = await Promise.all(
    folders.map(({ name }) => filesBelow(join(folder, name), pattern, depth - 1)),
  );
  return [...files.map(({ name }) => join(folder, name)), ...below.flat()];
}
