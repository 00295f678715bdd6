// SPDX-License-Identifier: Apache-2.0

/** PNEs on the qemu-rv32 board, over a serial line that breaks, lies and ends. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ImplementationLimits } from '../../src/limits.ts';
import { encodeLineFrame, LineFrameKind } from '../../src/link/line-frame.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import { bundleForXs } from '../build/bundle.ts';
import { mainOf, NATIVE_RELEASE } from '../build/firmware.ts';
import { buildRv32Flash } from '../build/rv32-flash.ts';
import { openRadio, typeWhatIsShown } from '../simulator/ble/open-radio.ts';
import type { Radio } from '../simulator/ble/radio.ts';
import type { Board } from '../simulator/board.ts';
import { openBoard, rv32Board } from '../simulator/boards.ts';
import { lastWords } from '../simulator/console.ts';
import { readRows } from '../simulator/readings.ts';
import { run } from '../simulator/run.ts';
import { FAULTS, withFault } from './faulty-image.ts';
import { startWire, type Wire } from './rv32-wire.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

const READINGS = 12;
/** Nearly as long as a payload may be. */
const LONG_ROW = JSON.stringify({ a: 'x'.repeat(960), b: 'y'.repeat(960) });
/** Known answers, randomness, and the board's store and stack. */
const SELF_TEST_CHECKS = 11;
/** Of the first boot. */
const FIRST_ID = ImplementationLimits.maxReadingsPerBoot;

export async function testRv32Pne(stage: string, tally: Tally): Promise<void> {
  let opened: Promise<Board> | undefined;
  const check = (name: string, body: (board: Board) => Promise<void>) =>
    tally.run(stage, name, async (): Promise<Outcome> => {
      opened ??= openBoard('qemu-rv32');
      await body(await opened);
      return { passed: 1 };
    });
  await check('a PNE beside one on linux', deliverSideBySide);
  await tally.run(stage, 'a PNE by Bluetooth LE beside one on linux', deliverByBle);
  await check('a PNE with the longest readings has the memory for them', deliverLong);
  await check('a PNE that tests itself first', testItself);
  await tally.run(stage, 'a PNE with a fault stops before it opens a link', testFault);
  await check('a PNE that nobody has provisioned stands still, and says so', (board) =>
    standsStill(board, {}, 'notProvisioned (64): provision this board, then restart it'),
  );
  await Promise.all([
    check('a PNE that restarts goes on with what it stored', (board) => onWire(board, restart)),
    check('a PNE outlives bytes that are no frames', (board) => onWire(board, sendGarbage)),
    check('a PNE outlives bytes that go wrong', (board) => onWire(board, loseBytes)),
    check('a PNE refuses what was flipped and sent again', (board) => onWire(board, forge)),
    check('a PNE finds its gateway again', (board) => onWire(board, breakLine)),
  ]);
}

async function deliverSideBySide(rv32: Board): Promise<void> {
  const rows = Array.from({ length: READINGS }, (_, index) => `{"index":${index}}`);
  const counts = await deliver([await openBoard('linux'), rv32], rows);
  require(counts === `linux ${READINGS / 2},qemu-rv32 ${READINGS / 2}`, counts);
}

/** Each is paired by the passkey that it shows. The readings are the longest: their memory is part of the test. */
async function deliverByBle(): Promise<Outcome> {
  const problems: string[] = [];
  const typed = new Map<string, number>();
  const links = new Set<string>();
  const radio = await openRadio({
    typePasskey(pne, shown) {
      typed.set(pne, (typed.get(pne) ?? 0) + 1);
      return typeWhatIsShown(pne, shown);
    },
    onProblem: (pne, problem) => problems.push(`${pne}: ${problem}`),
  });
  const boards = [await openBoard('linux', radio), await openBoard('qemu-rv32', radio)];
  const counts = await deliver(boards, new Array(READINGS).fill(LONG_ROW), {
    radio,
    onAgreed: ({ name, linkKind, peer }) => links.add(`${peer.subject} ${name} ${linkKind}`),
  });
  require(problems.length === 0, problems.join('\n'));
  require(counts === `linux ${READINGS / 2},qemu-rv32 ${READINGS / 2}`, counts);
  require([...typed.values()].join() === '1,1', `passkeys typed: ${JSON.stringify([...typed])}`);
  for (const id of ['pne-1', 'pne-2']) require(links.has(`${id} CPNS-1 ble`), [...links].join());
  return { passed: 1 };
}

async function deliverLong(rv32: Board): Promise<void> {
  const counts = await deliver([rv32], new Array(READINGS).fill(LONG_ROW));
  require(counts === `qemu-rv32 ${READINGS}`, counts);
}

/** Returns how many readings arrived from each PNE, one a board. */
async function deliver(
  boards: readonly Board[],
  rows: readonly string[],
  air: { readonly radio?: Radio; onAgreed?(agreement: Agreement): void } = {},
): Promise<string> {
  const { pnes, missing, problems } = await run({
    boards,
    pnes: boards.length,
    algorithm: undefined,
    intervalMs: 0,
    rows: readRows(Readable.from([Buffer.from(rows.map((row) => `${row}\n`).join(''))])),
    once: true,
    stop: AbortSignal.timeout(60_000),
    onAgreed(): void {},
    ...air,
    onProgress(): void {},
    onGroup(): void {},
    onSkipped(): void {},
    onRefused(): void {},
    onProblem(): void {},
  });
  require(problems.length === 0 && missing.length === 0, `${problems} ${JSON.stringify(missing)}`);
  return pnes.map(({ board, received }) => `${board} ${received}`).join();
}

/** The image of firmware/programs/image-selftest.ts says a line a check, and is a PNE then. */
async function testItself(): Promise<void> {
  const bundle = await bundleForXs(mainOf('selftest'), 'pne-selftest', NATIVE_RELEASE);
  const board = rv32Board(await buildRv32Flash(bundle));
  let said = '';
  const spawn: Board['spawn'] = (place) => {
    const child = board.spawn(place);
    child.stderr?.on('data', (text) => {
      said += text;
    });
    return child;
  };
  await onWire({ ...board, spawn }, async (wire) => void (await wire.reading(() => true)));
  const checks = said.match(/^pne: self-test [a-z ]+ ok$/gm) ?? [];
  require(checks.length === SELF_TEST_CHECKS, said);
}

/** It is provisioned. */
async function testFault(): Promise<Outcome> {
  const [check, fault] = Object.entries(FAULTS)[3]!;
  const plugins = [withFault(fault), ...NATIVE_RELEASE.plugins!];
  const bundle = await bundleForXs(mainOf('serial'), 'pne-faulty', { ...NATIVE_RELEASE, plugins });
  const board = rv32Board(await buildRv32Flash(bundle));
  const why = `self-test ${check}: no key was used; replace the board if it stays`;
  await standsStill(board, { provisioning: new Uint8Array(8) }, why);
  return { passed: 1 };
}

/** It says so, does not end by itself, and says nothing on its line to the gateway. */
async function standsStill(
  board: Board,
  values: Readonly<Record<string, Uint8Array>>,
  why: string,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pne-rv32-'));
  let bytes = 0;
  const line = createServer((socket) =>
    socket.on('data', ({ length }) => {
      bytes += length;
    }),
  );
  line.listen(0, '127.0.0.1');
  await once(line, 'listening');
  try {
    await board.provision(folder, values);
    const { port } = line.address() as AddressInfo;
    const words = await lastWords(board.spawn({ folder, linePort: port, feedPort: port }));
    require(words === why, words);
    require(bytes === 0, `${bytes} bytes on the line`);
  } finally {
    line.close();
    await rm(folder, { recursive: true });
  }
}

async function restart(wire: Wire): Promise<void> {
  await wire.reading((id) => id === FIRST_ID + 2);
  await wire.restart();
  const id = await wire.reading((id) => id >= 2 * FIRST_ID);
  require(id === 2 * FIRST_ID, `the first id after the restart was ${id}`);
}

/** It costs nothing but what it is in the middle of. */
async function sendGarbage(wire: Wire): Promise<void> {
  await wire.reading((id) => id === FIRST_ID + 2);
  const agreements = wire.agreements;
  wire.toPne(Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 167 + 13) & 0xff)));
  await wire.reading((id) => id >= FIRST_ID + 40);
  require(wire.agreements === agreements, 'noise ended a link');
}

/** A byte that is lost or altered costs the message that it is in, and the link stays. */
async function loseBytes(wire: Wire): Promise<void> {
  await wire.reading((id) => id === FIRST_ID + 2);
  const agreements = wire.agreements;
  wire.spoil(10);
  const arrived = new Set<number>();
  await wire.reading((id) => {
    arrived.add(id);
    return id >= FIRST_ID + 40 && wire.spoiled >= 5;
  });
  wire.spoil(0);
  const last = Math.max(...arrived);
  while (arrived.size < last - FIRST_ID - 2) await wire.reading((id) => Boolean(arrived.add(id)));
  require(wire.agreements === agreements, 'a byte ended a link');
}

async function forge(wire: Wire): Promise<void> {
  await wire.reading((id) => id === FIRST_ID + 2);
  const agreements = wire.agreements;
  const record = wire.lastToPne;
  const flipped = Uint8Array.from(record);
  flipped[flipped.length - 1]! ^= 1;
  const refused = wire.refusedByPne;
  wire.toPne(encodeLineFrame(LineFrameKind.message, record));
  wire.toPne(encodeLineFrame(LineFrameKind.message, flipped));
  await wire.figures(() => wire.refusedByPne === refused + 2);
  require(wire.agreements === agreements, 'a forged record ended a session');
}

async function breakLine(wire: Wire): Promise<void> {
  await wire.reading((id) => id === FIRST_ID + 2);
  const agreements = wire.agreements;
  wire.break();
  await wire.reading(() => wire.agreements > agreements);
}

async function onWire(board: Board, body: (wire: Wire) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pne-rv32-'));
  const wire = await startWire(board, folder);
  try {
    await wire.start();
    await Promise.race([body(wire), wire.failed]);
  } finally {
    await wire.close();
    await rm(folder, { recursive: true });
  }
}

function require(holds: boolean, message: string): void {
  if (!holds) throw new CheckFailure(message);
}
