// SPDX-License-Identifier: Apache-2.0

/** The benchmark on the qemu-rv32 board: retired instructions, the same in every run. */
import board from '../../boards/qemu-rv32/board.json';
import { buildRv32Image, type Rv32Image, rv32Setup, spawnRv32 } from '../build/rv32.ts';
import { buildRv32Flash } from '../build/rv32-flash.ts';
import { type BenchProvider, bundleBench, collect } from './program.ts';
import { type BenchRow, type OnProgress, Rows } from './rows.ts';

/**
 * What XS of a device has for chunks, and as much again for slots: room for what an image of a PNE takes at most. All keys
 * of the benchmark live in it from the start. Figures depend on it, through the collection of garbage.
 */
const DEVICE_MEMORY: Rv32Image = {
  chunk: { initial: 78_848, incremental: 256 },
  heap: { initial: 4928, incremental: 32 },
  limit: 196_608,
  cHeap: board.cHeap,
};

/** Of what is not preloaded: noble's tables and the engine's built-ins are in RAM then. */
const LARGE_MEMORY: Rv32Image = {
  chunk: { initial: 262_144, incremental: 16_384 },
  heap: { initial: 24_576, incremental: 1024 },
  limit: 1_048_576,
  cHeap: board.cHeap,
};

export async function measureOnRv32(ops: string, onProgress: OnProgress): Promise<BenchRow[]> {
  return [
    ...(await measureNative(ops, onProgress)),
    ...(await measureLoaded('noble', 'instructions', ops, onProgress)),
    ...(await measureLoaded('none', 'instructions-plain', ops, onProgress)),
  ];
}

/** The native provider, and plain C in the same run, in a device's memory and with what is preloaded in flash. */
export async function measureNative(ops: string, onProgress: OnProgress): Promise<BenchRow[]> {
  const bundle = await bundleBench('main-device', ops, 'native');
  return measureImage('native', await buildRv32Flash(bundle, { ...DEVICE_MEMORY, bench: true }), onProgress);
}

async function measureLoaded(
  provider: BenchProvider,
  program: string,
  ops: string,
  onProgress: OnProgress,
): Promise<BenchRow[]> {
  const image = await buildRv32Image(await bundleBench(program, ops, provider), LARGE_MEMORY);
  return measureImage(provider, image, onProgress);
}

function measureImage(provider: BenchProvider, image: string, onProgress: OnProgress): Promise<BenchRow[]> {
  const { name, version } = rv32Setup().engine;
  const place = { board: board.name, engine: `${name} ${version}`, provider };
  return collect(spawnRv32(image), new Rows(place, onProgress));
}

/** What the figures depend on. */
export function rv32Conditions(): object {
  const { engine, mbedTls, compiler, emulator, flags } = rv32Setup();
  return {
    engine,
    memory: { stack: board.creation.stack, ...DEVICE_MEMORY },
    memoryWhereNotPreloaded: LARGE_MEMORY,
    preloaded: ['native'],
    mbedTls,
    compiler,
    flags,
    emulator,
  };
}
