// SPDX-License-Identifier: Apache-2.0

/** A sample of `npm run serial`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../chaos/random.ts';
import { runSerial } from '../serial/run.ts';
import { problemOf } from '../serial/verdict.ts';
import { openBoard } from '../simulator/boards.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

const READINGS = 300;

export async function testRv32Serial(stage: string, tally: Tally): Promise<void> {
  const name = `a serial line that is full both ways, in bursts as an ESP32 has, loses none of ${READINGS} readings`;
  await tally.run(stage, name, check);
}

async function check(): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'pne-serial-'));
  const random = new Random(1);
  try {
    const result = await runSerial({
      ...{ board: await openBoard('qemu-rv32'), folder: join(folder, 'pne'), readings: READINGS },
      random: () => random.word() / 2 ** 32,
    });
    const problem = problemOf(result, READINGS);
    if (problem !== undefined) throw new CheckFailure(problem);
    return { passed: 1 };
  } finally {
    await rm(folder, { recursive: true });
  }
}
