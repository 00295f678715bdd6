// SPDX-License-Identifier: Apache-2.0

/** An ESP32 board in Espressif's QEMU: a whole image in flash, its gateway at UART1, its console at UART0. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BoardImage } from '../build/esp32.ts';
import { ESP32_BOARDS, type Esp32Board } from '../build/esp32-tools.ts';
import { engine } from '../build/xs.ts';
import { writeNvs } from '../provision/nvs-writer.ts';
import { PARTITION_BYTES } from '../provision/partition.ts';
import type { Board } from './board.ts';
import { listenLines } from './serial-lines.ts';

const run = promisify(execFile);

/** Where each board's partitions.csv has NVS. */
const NVS_OFFSET = 0x9000;

/** What runs a chip, and what is said to it. */
interface Emulator {
  readonly program: string;
  readonly machine: string;
  readonly options: readonly string[];
}

/** An instruction takes 2^3 ns: by the host's clock, interrupts come faster than they are served while that is busy. */
const CLOCK: readonly string[] = Object.freeze(['-icount', '3']);

/** The chips that it knows. Its watchdogs count host time and bite while it is slow. */
const EMULATORS: Readonly<Partial<Record<Esp32Board, Emulator>>> = Object.freeze({
  esp32: {
    program: 'qemu-system-xtensa',
    machine: 'esp32',
    options: ['-m', '4M', '-global', 'driver=timer.esp32.timg,property=wdt_disable,value=true'],
  },
  esp32c3: {
    program: 'qemu-system-riscv32',
    machine: 'esp32c3',
    options: ['-global', 'driver=timer.esp32c3.timg,property=wdt_disable,value=true'],
  },
});

/** Boards that no release of it emulates: no Bluetooth LE and no Wi-Fi on any. */
export function emulatedBoards(): Esp32Board[] {
  return Object.keys(EMULATORS) as Esp32Board[];
}

/** Undefined where that board's emulator is on the PATH and knows its machine; else what is missing, in a line. */
export async function missingEmulator(board: Esp32Board): Promise<string | undefined> {
  const emulator = EMULATORS[board];
  if (emulator === undefined) return `no emulator has an ${ESP32_BOARDS[board].chip}`;
  const { program, machine } = emulator;
  const help = await run(program, ['-machine', 'help']).catch(() => undefined);
  if (help === undefined) return `no ${program} on the PATH`;
  const knows = help.stdout.split('\n').some((line) => line.split(' ', 1)[0] === machine);
  return knows ? undefined : `${program} has no machine ${machine}: take Espressif's`;
}

/** The board with that image. It senses itself: nothing feeds it. */
export function esp32Board(image: BoardImage): Board {
  return {
    name: image.board,
    engine: engine(),
    takesOrders: false,
    feedNumber: () => 0,
    listenFeed: listenLines,
    /** Once, as one does with a board. */
    async provision(folder, values): Promise<void> {
      const flash = flashIn(folder);
      if (existsSync(flash)) return;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { sensor: _, ...own } = values;
      await writeFile(flash, await flashOf(image, writeNvs('pne', own, PARTITION_BYTES)), { mode: 0o600 });
    },
    erase: (folder) => rm(flashIn(folder), { force: true }),
    spawn: ({ folder, linePort }) => spawnEsp32(image.board, flashIn(folder), linePort),
  };
}

function flashIn(folder: string): string {
  return join(folder, 'flash');
}

/** All of a board's flash: what is written to it, with `nvs` in the NVS partition, and erased where nothing is. */
export async function flashOf(
  { board, parts }: Pick<BoardImage, 'board' | 'parts'>,
  nvs: Uint8Array,
): Promise<Buffer> {
  const flash = Buffer.alloc(ESP32_BOARDS[board].flashBytes, 0xff);
  for (const { offset, path } of parts) {
    const bytes = await readFile(path);
    if (offset + bytes.length > flash.length) throw new Error(`${path} does not fit the flash of ${board}`);
    bytes.copy(flash, offset);
  }
  flash.set(nvs, NVS_OFFSET);
  return flash;
}

/**
 * Starts the chip on a file with its flash. Its console comes through stderr, as that of other boards; it says nothing
 * where its input has ended.
 */
export function spawnEsp32(board: Esp32Board, flash: string, linePort: number): ChildProcess {
  const { program, args } = emulatorCommand(board, flash, linePort);
  return spawn('sh', ['-c', 'exec "$0" "$@" 1>&2', program, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** The gateway is at a TCP port of this machine, which the emulator joins again when it breaks. */
export function emulatorCommand(
  board: Esp32Board,
  flash: string,
  linePort: number,
): { readonly program: string; readonly args: readonly string[] } {
  const emulator = EMULATORS[board];
  if (emulator === undefined) throw new Error(`no emulator has an ${ESP32_BOARDS[board].chip}`);
  const { program, machine, options } = emulator;
  const args = [
    ...['-machine', machine, ...options, ...CLOCK, '-display', 'none', '-monitor', 'none'],
    ...['-drive', `file=${flash},if=mtd,format=raw`],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=gateway,host=127.0.0.1,nodelay=on,reconnect=1,port=${linePort}`],
    ...['-serial', 'chardev:gateway'],
  ];
  return { program, args };
}
