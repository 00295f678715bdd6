// SPDX-License-Identifier: Apache-2.0

/** The benchmark on the qemu-rv32 board: retired instructions, the same in every run. */
import board from '../../boards/qemu-rv32/board.json';
import { type Rv32Memory, rv32Setup, spawnRv32 } from '../build/rv32.ts';
import { buildRv32Program } from '../build/rv32-program.ts';
import { benchDefinitions, collect } from './program.ts';
import { type BenchRow, type OnProgress, Rows } from './rows.ts';

/** Noble's curves and what the benchmark prepares take more than a device has. Figures depend on it. */
const MEMORY: Rv32Memory = {
  chunk: { initial: 262_144, incremental: 16_384 },
  heap: { initial: 24_576, incremental: 1024 },
  limit: 1_048_576,
  cHeap: board.cHeap,
};

export async function measureOnRv32(ops: string, onProgress: OnProgress): Promise<BenchRow[]> {
  const { name, version } = rv32Setup().engine;
  const place = { board: board.name, engine: `${name} ${version}`, provider: 'noble' };
  const rows = new Rows(place, onProgress, 'instructions');
  const definitions = benchDefinitions(ops, 'noble');
  const image = await buildRv32Program('bench-instructions.ts', 'bench-instructions', definitions, MEMORY);
  return collect(spawnRv32(image), rows);
}

/** What the figures depend on. */
export function rv32Conditions(): object {
  const { engine, preloads, compiler, emulator, flags } = rv32Setup();
  return {
    board: board.name,
    engine,
    preloads,
    memory: { stack: board.creation.stack, ...MEMORY },
    compiler,
    flags,
    emulator,
  };
}
