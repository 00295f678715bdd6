// SPDX-License-Identifier: Apache-2.0

/** What the body of each module leaves in memory, measured on the qemu-rv32 board. */
import { readFileSync, writeFileSync } from 'node:fs';
import { buildRv32Image, spawnRv32 } from '../build/rv32.ts';
import type { Memory } from '../build/xs.ts';
import { finish } from '../test/command.ts';
import { moduleAt, SCOPE } from './modules.ts';

/** The device's does not matter here: what lives is counted. */
const MEMORY: Memory = {
  chunk: { initial: 262_144, incremental: 16_384 },
  heap: { initial: 24_576, incremental: 1024 },
  limit: 4 * 1024 ** 2,
};

const MARK = `const $heap = native("xs_pne_heap");
const $mark = (module) => trace(module + ' ' + $heap().usedBytes + '\\n');
`;

export interface ModuleHeap {
  /** Bytes of slots and chunks that live before any line of the bundle has run: the engine's own. */
  readonly builtInBytes: number;
  /** What the bundle adds before its first module: names, variables, functions that are declared. */
  readonly scopeBytes: number;
  /** What each module adds beside its declared functions, largest first. */
  readonly modules: readonly { readonly module: string; readonly bytes: number }[];
}

export async function heapByModule(bundle: string): Promise<ModuleHeap> {
  const [builtIns] = await marks(write(`${bundle}.empty.js`, `${MARK}$mark('${SCOPE}');\n`));
  const [start, ...rest] = await marks(write(`${bundle}.marked.js`, withMarks(readFileSync(bundle, 'utf8'))));
  const modules = rest.map(({ module, bytes }, i) => ({
    module,
    bytes: bytes - (rest[i - 1] ?? start!).bytes,
  }));
  return {
    builtInBytes: builtIns!.bytes,
    scopeBytes: start!.bytes - builtIns!.bytes,
    modules: modules.sort((a, b) => b.bytes - a.bytes),
  };
}

/** A mark stands behind what it names. */
function withMarks(source: string): string {
  let module = SCOPE;
  const lines = source.split('\n').map((line) => {
    const next = moduleAt(line);
    if (next === undefined) return line;
    const mark = `$mark('${module}');`;
    module = next;
    return `${mark}\n${line}`;
  });
  return `${MARK}$mark('${SCOPE}');\n${lines.join('\n')}\n$mark('${module}');\n`;
}

function write(path: string, source: string): string {
  writeFileSync(path, source);
  return path;
}

async function marks(bundle: string): Promise<{ module: string; bytes: number }[]> {
  const child = spawnRv32(await buildRv32Image(bundle, MEMORY));
  const { output } = await finish(child);
  return [...output.matchAll(/^(\S+) (\d+)$/gm)].map(([, module, bytes]) => ({
    module: module!,
    bytes: Number(bytes),
  }));
}
