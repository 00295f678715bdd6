// SPDX-License-Identifier: Apache-2.0

/** What each module of a bundle costs as bytecode, and what its body makes in memory when it runs. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OUTPUT } from '../build/bundle.ts';
import { modulesByLine, SCOPE } from './modules.ts';

const run = promisify(execFile);
const COMPILER = join(OUTPUT, 'qemu-rv32/compile/compile');

export interface ModuleCode {
  readonly module: string;
  /** Bytecode. */
  bytes: number;
  /** Slots of the functions that the module's body makes, and of their environments. */
  functionSlots: number;
}

/** XS 13: an instance with its code, home, length and name; for `new` a prototype with its constructor. */
const FUNCTION_SLOTS = 5;
const PROTOTYPE_SLOTS = 3;

/** Largest first. The sum is within a few bytes in a thousand of the bundle's: branches have other lengths. */
export async function bytecodeByModule(bundle: string): Promise<ModuleCode[]> {
  const { stdout } = await run(COMPILER, ['--lines', bundle], { maxBuffer: 16 * 1024 ** 2 });
  const modules = modulesByLine(bundle);
  const found = new Map<string, ModuleCode>();
  for (const line of stdout.trimEnd().split('\n')) {
    const [number, bytes, constructors, functions, captures] = line.split(' ').map(Number) as Line;
    const module = number === 0 ? SCOPE : modules[number - 1]!;
    const code = found.get(module) ?? { module, bytes: 0, functionSlots: 0 };
    code.bytes += bytes;
    code.functionSlots +=
      FUNCTION_SLOTS * (constructors + functions) + PROTOTYPE_SLOTS * constructors + captures;
    found.set(module, code);
  }
  return [...found.values()].sort((a, b) => b.bytes - a.bytes);
}

type Line = [number: number, bytes: number, constructors: number, functions: number, captures: number];
