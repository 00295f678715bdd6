// SPDX-License-Identifier: Apache-2.0

/** The benchmark on the qemu-rv32 board: retired instructions, the same in every run. */
import board from '../../boards/qemu-rv32/board.json';
import { buildRv32Image, type Rv32Image, rv32Setup, spawnRv32 } from '../build/rv32.ts';
import { buildRv32Flash } from '../build/rv32-flash.ts';
import { type BenchProvider, bundleBench, collect } from './program.ts';
import { type BenchRow, type OnProgress, Rows } from './rows.ts';

/**
 * More than a device has: the benchmark holds the keys and inputs of all its operations. Figures depend on it, through
 * the collection of garbage.
 */
const MEMORY: Rv32Image = {
  chunk: { initial: 262_144, incremental: 16_384 },
  heap: { initial: 24_576, incremental: 1024 },
  limit: 1_048_576,
  cHeap: board.cHeap,
};

export async function measureOnRv32(ops: string, onProgress: OnProgress): Promise<BenchRow[]> {
  return [
    ...(await measureNative(ops, onProgress)),
    ...(await measureLoaded('noble', 'bench-instructions', ops, onProgress)),
    ...(await measureLoaded('none', 'bench-instructions-plain', ops, onProgress)),
  ];
}

/** The native provider, and plain C in the same run, with what is preloaded in flash as on a device. */
export async function measureNative(ops: string, onProgress: OnProgress): Promise<BenchRow[]> {
  const bundle = await bundleBench('bench-instructions-native', ops, 'native');
  return measureImage('native', await buildRv32Flash(bundle, { ...MEMORY, bench: true }), onProgress);
}

async function measureLoaded(
  provider: BenchProvider,
  program: string,
  ops: string,
  onProgress: OnProgress,
): Promise<BenchRow[]> {
  const image = await buildRv32Image(await bundleBench(program, ops, provider), MEMORY);
  return measureImage(provider, image, onProgress);
}

function measureImage(provider: BenchProvider, image: string, onProgress: OnProgress): Promise<BenchRow[]> {
  const { name, version } = rv32Setup().engine;
  const place = { board: board.name, engine: `${name} ${version}`, provider };
  return collect(spawnRv32(image), new Rows(place, onProgress, 'instructions'));
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
