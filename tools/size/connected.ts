// SPDX-License-Identifier: Apache-2.0

/** A PNE on the qemu-rv32 board, connected to gateway and server: what it has taken when it has sent for a while. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openRadio, typeWhatIsShown } from '../simulator/ble/open-radio.ts';
import { openBoard } from '../simulator/boards.ts';
import { readRows } from '../simulator/readings.ts';
import { run } from '../simulator/run.ts';
import type { Image } from './images.ts';
import { type MachineMemory, readMachine } from './machine.ts';

const READINGS = 100;
const TIMEOUT_MS = 60_000;

export interface ConnectedMemory extends MachineMemory {
  /** Slots and chunks that live, in bytes. */
  readonly live: number;
}

/** `image` is the program of the board's PNE with that link. */
export async function measureConnected(image: string, link: Image['link']): Promise<ConnectedMemory> {
  const folder = await mkdtemp(join(tmpdir(), 'pne-size-'));
  const memory = join(folder, 'memory');
  const refusals: string[] = [];
  const onProblem = (_pne: string, problem: string) => void refusals.push(problem);
  const radio = link === 'ble' ? await openRadio({ typePasskey: typeWhatIsShown, onProblem }) : undefined;
  const board = await openBoard('qemu-rv32', radio);
  const finished = new AbortController();
  let seen: Promise<MachineMemory> | undefined;
  try {
    const { pnes, problems } = await run({
      ...(radio !== undefined && { radio }),
      boards: [{ ...board, spawn: (place) => board.spawn({ ...place, memory }) }],
      pnes: 1,
      algorithm: undefined,
      intervalMs: 0,
      rows: readRows(Readable.from(readings())),
      once: false,
      stop: AbortSignal.any([finished.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      onAgreed(): void {},
      onProgress([pne]): void {
        if (!pne!.done || pne!.received < READINGS || seen !== undefined) return;
        seen = readMachine(image, memory).finally(() => finished.abort());
      },
      onSkipped(): void {},
      onRefused(): void {},
      onGroup(): void {},
      onProblem(): void {},
    });
    const [problem] = [...refusals, ...problems];
    if (seen === undefined || problem !== undefined) {
      throw new Error(
        `the PNE did not deliver ${READINGS} readings: ${problem ?? `${pnes[0]!.received} came`}`,
      );
    }
    return { ...(await seen), live: pnes[0]!.heapBytes };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function* readings(): Generator<Uint8Array> {
  for (let index = 0; index < READINGS; index += 1) {
    yield Buffer.from(`${JSON.stringify({ index, temperature: 20 + index / 8, place: 'roof' })}\n`);
  }
}
