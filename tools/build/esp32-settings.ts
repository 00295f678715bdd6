// SPDX-License-Identifier: Apache-2.0

/**
 * The settings of ESP-IDF that the images ask for (manifests/sdkconfig). Kconfig ignores a key that it does not know, and
 * mcconfig has a word after ours: what is asked for must be there before the build, and have been heeded after it.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './bundle.ts';

/** Values by keys, as `y`, `n`, numbers and quoted text. */
export type Settings = ReadonlyMap<string, string>;

export async function ownSettings(): Promise<Settings> {
  return readSettings(await readFile(join(ROOT, 'manifests/sdkconfig/sdkconfig.defaults'), 'utf8'));
}

/** Rejects with one line where one of ours is no setting of that ESP-IDF. */
export async function requireSettings(idf: string): Promise<void> {
  const known = await knownKeys(join(idf, 'components'));
  const unknown = [...(await ownSettings()).keys()].filter((key) => !known.has(key));
  if (unknown.length > 0)
    throw new Error(`IDF_PATH: no setting ${unknown[0]} in ${idf}; see manifests/sdkconfig`);
}

/** Rejects with one line where the project of ESP-IDF in `project` was built with another value than ours. */
export async function checkSettings(project: string): Promise<void> {
  const built = readSettings(await readFile(join(project, 'sdkconfig'), 'utf8'));
  const problems = differentSettings(await ownSettings(), built);
  if (problems.length > 0) throw new Error(`MODDABLE: ${problems[0]}; see manifests/sdkconfig`);
}

/** A key that is not there belongs to what the image or the chip has not. */
export function differentSettings(asked: Settings, built: Settings): string[] {
  return [...asked].flatMap(([key, value]) => {
    const actual = built.get(key);
    return actual === undefined || actual === value ? [] : [`${key} is ${actual}, not ${value}`];
  });
}

export function readSettings(text: string): Settings {
  const settings = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^(CONFIG_\w+)=(.*)$/.exec(line) ?? [];
    const off = /^# (CONFIG_\w+) is not set$/.exec(line)?.[1];
    if (key !== undefined) settings.set(key, value!);
    if (off !== undefined) settings.set(off, 'n');
  }
  return settings;
}

/** Every key that a Kconfig file below a folder defines. */
export async function knownKeys(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.startsWith('Kconfig'));
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
  );
  return new Set(texts.flatMap(definedKeys));
}

function definedKeys(text: string): string[] {
  return [...text.matchAll(/^\s*(?:menu)?config\s+(\w+)\s*$/gm)].map(([, name]) => `CONFIG_${name}`);
}
