// SPDX-License-Identifier: Apache-2.0

/** The running slice with the PNE on the Moddable SDK's XS, built by mcconfig and run without a display. */
import { Readable } from 'node:stream';
import { Algorithm } from '../../src/crypto/algorithms.ts';
import { buildModdableImage, type ModdableImage } from '../build/moddable.ts';
import { MODDABLE_PROGRAMS, type ModdableProgram, moddableBundle } from '../build/moddable-programs.ts';
import { processBoard } from '../simulator/board.ts';
import { readRows } from '../simulator/readings.ts';
import { run } from '../simulator/run.ts';
import type { RunResult } from '../simulator/run-options.ts';
import { bundledModules, checkContents, sourceOf } from '../size/contents.ts';

const READINGS = 50;
const PNES = 2;
/**
 * Bytes of live heap. A PNE needs 129 KB of 32-byte slots, and of bytecode that XS 17 copies into RAM where a preloaded
 * function makes another; one whose modules are not in flash, many times that.
 */
const HEAP_BUDGET = 147_456;
const ALGORITHMS = [Algorithm.AES_CCM_16_64_128, Algorithm.CHACHA20_POLY1305];

/** Returns what was seen, in one line. Rejects with what failed, in one line. */
export async function testModdable(sdk: string): Promise<string> {
  const image = await buildModdableImage(sdk);
  MODDABLE_PROGRAMS.forEach(requireClean);
  let heapBytes = 0;
  for (const algorithm of ALGORITHMS) heapBytes = Math.max(heapBytes, await deliver(image, algorithm));
  if (heapBytes > HEAP_BUDGET) throw new Error(`MODDABLE: heap ${heapBytes} bytes, over ${HEAP_BUDGET}`);
  return `mcconfig -m -p lin: ${PNES} PNEs delivered ${READINGS} readings with each of ${ALGORITHMS.length} algorithms, heap ${heapBytes} bytes`;
}

/** The lin platform's own bytes are those of a PC program: what counts is what was bundled. */
function requireClean(program: ModdableProgram): void {
  const bundle = moddableBundle(program);
  const problems = checkContents(
    { name: program, board: 'moddable-lin', provider: 'native' },
    { modules: bundledModules(bundle), flash: '', source: sourceOf(bundle) },
  );
  if (problems.length > 0) throw new Error(`MODDABLE: ${problems.join('; ')}`);
}

/** Sends readings through the whole network. Returns the largest heap of a PNE, in bytes. */
async function deliver(image: ModdableImage, algorithm: number): Promise<number> {
  const result = await run({
    boards: [processBoard('moddable-lin', { name: 'XS', version: 'of the SDK' }, image.spawn)],
    pnes: PNES,
    algorithm,
    intervalMs: 0,
    rows: readRows(Readable.from(sampleReadings())),
    once: true,
    stop: AbortSignal.timeout(60_000),
    onAgreed(): void {},
    onProgress(): void {},
    onGroup(): void {},
    onSkipped(): void {},
    onRefused(): void {},
    onProblem(): void {},
  });
  requireAll(result);
  return Math.max(...result.pnes.map((pne) => pne.heapBytes));
}

function* sampleReadings(): Generator<Uint8Array> {
  for (let index = 0; index < READINGS; index += 1) {
    yield Buffer.from(`${JSON.stringify({ index, temperature: 20 + index / 8, place: 'höhe 3' })}\n`);
  }
}

function requireAll({ pnes, missing, problems }: RunResult): void {
  const received = pnes.reduce((sum, pne) => sum + pne.received, 0);
  if (problems.length > 0) throw new Error(`MODDABLE: ${problems[0]}`);
  if (missing.length > 0) throw new Error(`MODDABLE: ${missing.length} of ${READINGS} readings are missing`);
  if (received !== READINGS) throw new Error(`MODDABLE: ${received} readings arrived of ${READINGS}`);
}
