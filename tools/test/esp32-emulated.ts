// SPDX-License-Identifier: Apache-2.0

/** Whole images of an ESP32 board in Espressif's emulator, with the gateway at the other end of the line. */
import type { ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImplementationLimits } from '../../src/limits.ts';
import type { BoardImage } from '../build/esp32.ts';
import type { Board } from '../simulator/board.ts';
import { endWithUs } from '../simulator/ending.ts';
import { esp32Board } from '../simulator/esp32.ts';
import { startWire, type Wire } from './rv32-wire.ts';
import { CheckFailure, type Outcome } from './tally.ts';

const READINGS = 500;
/** An emulated chip boots in seconds, and delivers a hundred readings a second at best. */
const PACE = Object.freeze({ timeoutMs: 240_000, intervalMs: 20 });
const SELF_TEST_CHECKS = 11;
const SELF_TEST_MS = 60_000;
/** Nobody has provisioned it. */
const BANNER = /^pne: pne-runtime \S+, \S+, XS \d+\.\d+\.\d+, link serial, id -, self-test ok$/m;
const { maxReadingsPerBoot } = ImplementationLimits;

/** `pne-serial`: what it says it is, many readings, a restart, and a power cut in the middle of them. */
export async function checkReadings(image: BoardImage): Promise<Outcome> {
  await consoleOf(image, BANNER);
  const board = withPowerCut(esp32Board(image));
  const folder = await mkdtemp(join(tmpdir(), 'pne-esp32-'));
  const wire = await startWire(board.board, folder, PACE);
  try {
    await wire.start();
    await Promise.race([live(wire, board.cutPower), wire.failed]);
  } finally {
    await wire.close();
    await rm(folder, { recursive: true });
  }
  return { passed: 4 };
}

/** Ids go on at the bound that was reserved before, however the last life ended. */
async function live(wire: Wire, cutPower: () => void): Promise<void> {
  const arrived = new Set<number>();
  await wire.reading((id) => arrived.add(id).size >= READINGS);
  const [least, most] = [Math.min(...arrived), Math.max(...arrived)];
  if (most - least >= READINGS) throw new CheckFailure(`of readings ${least} to ${most} ${READINGS} arrived`);
  await wire.restart();
  const second = await wire.reading((id) => id > most);
  await wire.reading((id) => id >= second + 20);
  cutPower();
  await wire.restart();
  const third = await wire.reading((id) => id >= second + maxReadingsPerBoot);
  if (second % maxReadingsPerBoot !== 0 || third % maxReadingsPerBoot !== 0)
    throw new CheckFailure(`lives began at readings ${least}, ${second} and ${third}`);
}

/** The power is what runs the emulator: its flash stays as it was written by then. */
function withPowerCut(board: Board): { readonly board: Board; cutPower(): void } {
  let last: ChildProcess | undefined;
  const spawnKept: Board['spawn'] = (place) => {
    last = board.spawn(place);
    return last;
  };
  return { board: { ...board, spawn: spawnKept }, cutPower: () => void last?.kill('SIGKILL') };
}

/** What an image says at its console, until it has said that. Its store is empty. */
export async function consoleOf(image: BoardImage, until: RegExp): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pne-esp32-'));
  const board = esp32Board(image);
  await board.provision(folder, {});
  const child = board.spawn({ folder, linePort: 1, feedPort: 0 });
  endWithUs(child);
  try {
    return await saidBy(child, until);
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  }
}

function saidBy(child: ReturnType<typeof spawn>, until: RegExp): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new CheckFailure(`it said no ${until}:\n${said}`)), SELF_TEST_MS);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text.replaceAll('\r', '');
      if (until.test(said)) end(() => resolve(said));
    });
    child.on('error', (error) => end(() => reject(error)));
    child.on('close', () => end(() => reject(new CheckFailure(`it ended:\n${said}`))));
  });
}

/** `pne-selftest`: a line for each check. */
export async function checkSelfTest(image: BoardImage): Promise<Outcome> {
  const said = await consoleOf(image, /^pne: self-test stack ok$/m);
  const passed = said.match(/^pne: self-test [a-z ]+ ok$/gm) ?? [];
  if (passed.length !== SELF_TEST_CHECKS) throw new CheckFailure(said);
  return { passed: passed.length };
}
