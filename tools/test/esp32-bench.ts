// SPDX-License-Identifier: Apache-2.0

/** `pne-bench` on an emulated ESP32, read as from a serial port: whether all figures come. What they are says nothing. */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BoardPort, measureOnPort } from '../bench/port.ts';
import type { BoardImage } from '../build/esp32.ts';
import { endWithUs } from '../simulator/ending.ts';
import { esp32Board } from '../simulator/esp32.ts';
import { CheckFailure, type Outcome } from './tally.ts';

const SILENCE_MS = 120_000;

export async function checkBench(image: BoardImage): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'pne-esp32-'));
  const port = emulatedPort(image, folder);
  try {
    const options = { board: image.board, port, instructionNs: undefined, silenceMs: SILENCE_MS };
    const rows = await measureOnPort(options, '', () => undefined);
    if (rows.length === 0) throw new CheckFailure('no figure came');
    return { passed: 1, notes: [`${rows.length} figures came`] };
  } finally {
    await port.close();
    await rm(folder, { recursive: true });
  }
}

/** The console of a chip that starts when it is opened. It has no wires for reset. */
function emulatedPort(image: BoardImage, folder: string): BoardPort {
  let child: ChildProcess | undefined;
  let fail: (error: Error) => void = () => undefined;
  const gone = new Promise<never>((_, reject) => {
    fail = reject;
  });
  gone.catch(() => undefined);
  return {
    gone,
    async open(): Promise<void> {
      const board = esp32Board(image);
      await board.provision(folder, {});
      child = board.spawn({ folder, linePort: 1, feedPort: 0 });
      endWithUs(child);
      child.on('close', () => fail(new Error('the emulator ended')));
    },
    async close(): Promise<void> {
      child?.kill('SIGKILL');
    },
    async setSignals(): Promise<void> {},
    listen: (onBytes) => void child?.stderr?.on('data', onBytes),
  };
}
