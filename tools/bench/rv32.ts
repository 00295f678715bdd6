// SPDX-License-Identifier: Apache-2.0

/** The benchmark on the qemu-rv32 board: retired instructions, the same in every run. */
import board from '../../boards/qemu-rv32/board.json';
import { buildRv32Image, type Rv32Image, rv32Setup, spawnRv32 } from '../build/rv32.ts';
import { buildRv32Flash } from '../build/rv32-flash.ts';
import { type BenchProvider, bundleBench, collect } from './program.ts';
import { type BenchRow, type OnProgress, Rows } from './rows.ts';

/** Noble's curves and what the benchmark prepares take more than a device has. Figures depend on it. */
const MEMORY: Rv32Image = {
  chunk: { initial: 262_144, incremental: 16_384 },
  heap: { initial: 24_576, incremental: 1024 },
  limit: 1_048_576,
  cHeap: board.cHeap,
};

export async function measureOnRv32(ops: string, onProgress: OnProgress): Promise<BenchRow[]> {
  return [
    ...(await measureNative(ops, onProgress)),
    ...(await measureProvider('noble', 'bench-instructions', ops, onProgress)),
    ...(await measureProvider('none', 'bench-instructions-plain', ops, onProgress)),
  ];
}

/** The native provider, with what is preloaded in flash as on a device, and plain C in the same run. */
export async function measureNative(ops: string, onProgress: OnProgress): Promise<BenchRow[]> {
  const rows = rowsOf('native', onProgress);
  const bundle = await bundleBench('bench-instructions-native', ops);
  return collect(spawnRv32(await buildRv32Flash(bundle, { ...MEMORY, bench: true })), rows);
}

async function measureProvider(
  provider: BenchProvider,
  program: string,
  ops: string,
  onProgress: OnProgress,
): Promise<BenchRow[]> {
  const rows = rowsOf(provider, onProgress);
  return collect(spawnRv32(await buildRv32Image(await bundleBench(program, ops), MEMORY)), rows);
}

function rowsOf(provider: BenchProvider, onProgress: OnProgress): Rows {
  const { name, version } = rv32Setup().engine;
  return new Rows({ board: board.name, engine: `${name} ${version}`, provider }, onProgress, 'instructions');
}

/** What the figures depend on. */
export function rv32Conditions(): object {
  const { engine, mbedTls, compiler, emulator, flags } = rv32Setup();
  return {
    engine,
    memory: { stack: board.creation.stack, ...MEMORY },
    preloaded: ['native'],
    mbedTls,
    compiler,
    flags,
    emulator,
  };
}
