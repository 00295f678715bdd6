// SPDX-License-Identifier: Apache-2.0

/** `npm run bench -- --targets`: every figure that has a target, beside it. */
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { measureSample } from '../simulator/sample-bytes.ts';
import { boardsNamed } from './boards.ts';
import type { OnProgress } from './rows.ts';
import { measureServer } from './runs.ts';
import { measureNative } from './rv32.ts';
import { type Judged, judgeRatios, judgeShares } from './targets.ts';

/** Measures on this machine, which is to have nothing else to do, and on the qemu-rv32 board. */
export async function judgeTargets(onProgress: OnProgress): Promise<Judged[]> {
  for (const board of boardsNamed('qemu-rv32'))
    if (board.setUp() !== 0) throw new Error('the board qemu-rv32 is not set up: the line above says why');
  const server = measureServer(createNodeProvider(), '', onProgress);
  const { bytes, line } = await measureSample();
  return [
    ...judgeRatios(await measureNative('', onProgress)),
    ...judgeShares(server),
    { line: `${line}: at most half`, isMet: bytes.concise <= bytes.plain / 2 },
  ];
}
