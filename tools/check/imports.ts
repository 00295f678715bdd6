// SPDX-License-Identifier: Apache-2.0

/** Whether imports point one way: the table is in rooms.ts. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GROUND, NOBLE_FOLDER, ROOMS, type Room } from './rooms.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['src', 'firmware', 'boards', 'tools'];
const MODDABLE_MODULES = ['timer', 'time', 'embedded:', 'mc/config'];

export interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
}

/** Returns a line for each import that points the wrong way. */
export async function checkImports(): Promise<string[]> {
  const problems: string[] = [];
  for (const file of await sourceFiles()) {
    problems.push(...checkFile(file, await readFile(join(ROOT, file), 'utf8')));
  }
  return problems;
}

/** The same for one file; `file` is its path from the root. Test code may use whatever a test needs, but of a device. */
export function checkFile(file: string, source: string): string[] {
  const name = roomOf(file);
  const room = ROOMS[name];
  if (room === undefined) {
    return GROUND.some((ground) => file === `${ground}.ts`)
      ? []
      : [`${file}: no room of tools/check/rooms.ts`];
  }
  if (isTestCode(file)) return importsOf(source).flatMap(({ specifier }) => checkTest(file, specifier));
  const problems = importsOf(source)
    .map((found) => checkImport(file, name, room, found))
    .filter((problem) => problem !== undefined);
  if (room.moddable !== true && /\bnative\('xs_/i.test(withoutComments(source)))
    problems.push('uses native()');
  return problems.map((problem) => `${file}: ${problem}`);
}

/** What is of a device and its boards needs no tools, its tests neither. */
function checkTest(file: string, specifier: string): string[] {
  const target = normalize(join(dirname(file), specifier));
  const isOfDevice = file.startsWith('firmware/') || file.startsWith('boards/');
  return isOfDevice && roomOf(target) === 'tools' ? [`${file}: imports ${target}`] : [];
}

function checkImport(file: string, name: string, room: Room, found: Import): string | undefined {
  const { specifier, typesOnly } = found;
  if (specifier.startsWith('.')) return checkLocal(file, name, room, specifier, typesOnly);
  if (specifier.startsWith('node:')) return room.node === true ? undefined : `imports ${specifier}`;
  if (MODDABLE_MODULES.some((module) => specifier.startsWith(module))) {
    return room.moddable === true ? undefined : `imports ${specifier}`;
  }
  if (specifier.startsWith('@noble/') && !file.startsWith(NOBLE_FOLDER)) return `imports ${specifier}`;
  const allowed = (room.packages ?? []).some((start) => specifier.startsWith(start));
  return allowed ? undefined : `imports ${specifier}`;
}

function checkLocal(
  file: string,
  name: string,
  room: Room,
  specifier: string,
  typesOnly: boolean,
): string | undefined {
  const target = normalize(join(dirname(file), specifier));
  if (isTestCode(target)) return `imports test code ${target}`;
  if (GROUND.some((ground) => target === `${ground}.ts`)) return undefined;
  const targetRoom = roomOf(target);
  if (targetRoom === name || room.rooms.includes(targetRoom)) return undefined;
  if (typesOnly && room.types?.includes(targetRoom)) return undefined;
  return `imports ${target}${typesOnly ? ' (types)' : ''}: ${name} does not see ${targetRoom}`;
}

function roomOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'src' || top === 'firmware' ? `${top}/${second}` : top;
}

function isTestCode(file: string): boolean {
  return /\.(test|testing)\.ts$|fixture\.ts$/.test(file);
}

/** What a file imports and re-exports, types included. */
export function importsOf(source: string): Import[] {
  const found: Import[] = [];
  for (const match of withoutComments(source).matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/g,
  )) {
    found.push({ specifier: match[2]!, typesOnly: match[1] !== undefined });
  }
  return found;
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** From the root of the checkout, in order. */
export async function sourceFiles(): Promise<string[]> {
  const files: string[] = [];
  for (const folder of FOLDERS) {
    for (const path of await readdir(join(ROOT, folder), { recursive: true })) {
      if (/\.tsx?$/.test(path) && !path.endsWith('.d.ts')) files.push(join(folder, path));
    }
  }
  return files.sort();
}
