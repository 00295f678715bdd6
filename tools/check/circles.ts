// SPDX-License-Identifier: Apache-2.0

/** Whether files import each other in a circle. Types count: who reads one file of a circle has to read all. */
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { importsOf, ROOT, sourceFiles } from './imports.ts';

/** Which files each file imports. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Returns a line for each set of files of this checkout that reach each other. */
export async function checkCircles(): Promise<string[]> {
  const graph = new Map<string, string[]>();
  for (const file of await sourceFiles()) {
    const source = await readFile(join(ROOT, file), 'utf8');
    graph.set(file, filesImported(file, source));
  }
  return circlesOf(graph).map((files) => `in a circle: ${files.join(', ')}`);
}

/** `file` is its path from the root, as those are that are returned. */
export function filesImported(file: string, source: string): string[] {
  return importsOf(source)
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => normalize(join(dirname(file), specifier)));
}

/** The sets of files of which each reaches each other, or itself, in order of their names. */
export function circlesOf(graph: ImportGraph): string[][] {
  const reach = new Map([...graph.keys()].map((file) => [file, reachedFrom(graph, file)]));
  const left = new Set(graph.keys());
  const circles: string[][] = [];
  for (const file of left) {
    const members = [...reach.get(file)!].filter((other) => reach.get(other)?.has(file)).sort();
    for (const member of members) left.delete(member);
    if (members.length > 0) circles.push(members);
  }
  return circles;
}

/** What a file imports, what those import, and so on. The file itself where that leads back to it. */
function reachedFrom(graph: ImportGraph, start: string): Set<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const next of graph.get(file) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return reached;
}
