// SPDX-License-Identifier: Apache-2.0

/** The boards by name, each with the firmware built for it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import rv32 from '../../boards/qemu-rv32/board.json';
import { listenLine } from '../../src/node/tcp.ts';
import { ROOT } from '../build/bundle.ts';
import {
  bundleBleFirmware,
  bundleBleSerialFirmware,
  bundleFirmware,
  bundleSerialFirmware,
} from '../build/firmware.ts';
import { rv32Setup, spawnRv32Pne } from '../build/rv32.ts';
import { bleMemory, buildRv32Flash } from '../build/rv32-flash.ts';
import { engine, spawnXs } from '../build/xs.ts';
import { writeNvs } from '../provision/nvs-writer.ts';
import { PARTITION_BYTES } from '../provision/partition.ts';
import { writeStoreFlash } from '../provision/stores.ts';
import { bleBoard, bleLineBoard } from './ble/board.ts';
import type { Radio } from './ble/radio.ts';
import { type Board, processBoard } from './board.ts';
import { listenLines } from './serial-lines.ts';

/** The number of its second serial port, on which its sensor is. */
const FEED_SERIAL_PORT = 1;

/** Sets up what these boards need beyond `npm start` itself; it says what is missing. Returns a status. */
export function setUpBoards(names: readonly string[]): number {
  if (!names.includes(rv32.name)) return 0;
  const command = ['tools/setup/rv32.mjs'];
  return spawnSync('node', command, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;
}

/** Builds the firmware for a board that is set up, which reaches the gateway by a radio where there is one. */
export function openBoard(name: string, radio?: Radio): Promise<Board> {
  if (name === rv32.name) return radio === undefined ? openRv32() : openRv32Ble(radio);
  return radio === undefined ? openLinux() : openBle(radio);
}

async function openBle(radio: Radio): Promise<Board> {
  const bundle = await bundleBleFirmware();
  return bleBoard(
    radio,
    processBoard('linux', engine(), (env) => spawnXs(bundle, { env, detached: true })),
  );
}

async function openLinux(): Promise<Board> {
  const bundle = await bundleFirmware();
  return processBoard('linux', engine(), (env) => spawnXs(bundle, { env, detached: true }));
}

/** The flash of a PNE on the qemu-rv32 board. */
export async function buildRv32Pne(): Promise<string> {
  return buildRv32Flash(await bundleSerialFirmware());
}

/** The same with Bluetooth LE. */
export async function buildRv32BlePne(): Promise<string> {
  return buildRv32Flash(await bundleBleSerialFirmware(), bleMemory());
}

async function openRv32(): Promise<Board> {
  return rv32Board(await buildRv32Pne());
}

/** A stack waits for its board once, and the first bytes of the board count; so do those for its host. */
async function openRv32Ble(radio: Radio): Promise<Board> {
  const board = rv32Board(await buildRv32BlePne(), { rejoins: false });
  return bleLineBoard(radio, { ...board, listenFeed: (onLink) => listenLine(0, onLink) });
}

/** The board with this in its flash (tools/build/rv32-flash.ts). `rejoins` as in Rv32Wires. */
export function rv32Board(programFlash: string, { rejoins } = { rejoins: true }): Board {
  return {
    name: rv32.name,
    engine: rv32Setup().engine,
    takesOrders: false,
    feedNumber: () => FEED_SERIAL_PORT,
    listenFeed: listenLines,
    /**
     * From the image that an ESP32 has, once, as one does with a board: the simulator's values do not change while the
     * store lasts.
     */
    async provision(folder, values): Promise<void> {
      if (existsSync(flashIn(folder))) return;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeStoreFlash(writeNvs('pne', values, PARTITION_BYTES), flashIn(folder));
    },
    erase: (folder) => rm(flashIn(folder), { force: true }),
    spawn: ({ folder, linePort, feedPort, memory }) =>
      spawnRv32Pne(programFlash, {
        flash: flashIn(folder),
        gatewayPort: linePort,
        hostPort: feedPort,
        rejoins,
        memory,
      }),
  };
}

function flashIn(folder: string): string {
  return join(folder, 'flash');
}
