// SPDX-License-Identifier: Apache-2.0

/** How the emulator of an ESP32 is found and started, with a program in its place. */
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoardImage } from '../build/esp32.ts';
import { readNvs } from '../provision/nvs-reader.ts';
import { finish } from '../test/command.ts';
import { emulatorCommand, esp32Board, flashOf, missingEmulator } from './esp32.ts';

interface Context {
  folder: string;
  path: string | undefined;
}

const test = suite<Context>('simulator/esp32');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'pne-esp32-'));
  context.path = process.env.PATH;
});

test.after.each(async ({ folder, path }) => {
  process.env.PATH = path;
  await rm(folder, { recursive: true });
});

/** Says which machines it has, and what it was started with, as a console does. */
async function installEmulator(folder: string, machines: string): Promise<void> {
  const program = join(folder, 'qemu-system-riscv32');
  await writeFile(
    program,
    `#!/bin/sh\nif [ "$2" = help ]; then printf '${machines}'; exit; fi\nfor each in "$@"; do echo "$each"; done\n`,
  );
  await chmod(program, 0o755);
  process.env.PATH = `${folder}${delimiter}/usr/bin${delimiter}/bin`;
}

async function image(folder: string): Promise<BoardImage> {
  const parts = [
    { offset: 0, path: join(folder, 'bootloader.bin') },
    { offset: 0x10000, path: join(folder, 'xs_esp32.bin') },
  ];
  for (const [index, { path }] of parts.entries()) await writeFile(path, Uint8Array.of(0xe9, index));
  const settings = { mode: 'dio', frequency: '80m', size: '4MB' };
  return { board: 'esp32c3', program: 'pne-serial', chip: 'esp32c3', settings, parts, elf: '' };
}

test('an emulator without the chip is not taken for one, as Debian has it', async ({ folder }) => {
  await installEmulator(folder, 'Supported machines are:\\nvirt    RISC-V VirtIO board\\n');
  assert.is(await missingEmulator('esp32c3'), "qemu-system-riscv32 has no machine esp32c3: take Espressif's");
  await installEmulator(folder, 'Supported machines are:\\nesp32c3     Espressif ESP32C3 machine\\n');
  assert.is(await missingEmulator('esp32c3'), undefined);
  process.env.PATH = folder;
  assert.is(await missingEmulator('esp32'), 'no qemu-system-xtensa on the PATH');
  assert.is(await missingEmulator('esp32c6'), 'no emulator has an ESP32-C6');
});

test('flash has each part at its place, the store in the NVS partition, and is erased elsewhere', async ({
  folder,
}) => {
  const nvs = new Uint8Array(0x6000).fill(7);
  const flash = await flashOf(await image(folder), nvs);
  assert.is(flash.length, 4 * 1024 * 1024);
  assert.equal([...flash.subarray(0, 3)], [0xe9, 0, 0xff]);
  assert.equal([...flash.subarray(0x8fff, 0x9001)], [0xff, 7]);
  assert.equal([...flash.subarray(0xefff, 0xf001)], [7, 0xff]);
  assert.equal([...flash.subarray(0x10000, 0x10003)], [0xe9, 1, 0xff]);
});

test('a part that is larger than the flash is refused', async ({ folder }) => {
  const { board, parts } = await image(folder);
  const far = [{ offset: 4 * 1024 * 1024 - 1, path: parts[0]!.path }];
  const failure = await flashOf({ board, parts: far }, new Uint8Array(1)).then(
    () => 'nothing failed',
    (error: Error) => error.message,
  );
  assert.match(failure, /bootloader\.bin does not fit the flash of esp32c3$/);
});

test('a board is provisioned once, without the feed of a simulated one', async ({ folder }) => {
  const board = esp32Board(await image(folder));
  const place = join(folder, 'pne');
  await board.provision(place, { provisioning: Uint8Array.of(1, 2), sensor: Uint8Array.of(3) });
  const path = join(place, 'flash');
  const nvs = (await readFile(path)).subarray(0x9000, 0xf000);
  const stored = [...readNvs(nvs).get('pne')!].map(([key, value]) => [key, ...value]);
  assert.equal(stored, [['provisioning', 1, 2]]);
  assert.is((await stat(path)).mode & 0o777, 0o600);
  await board.provision(place, { provisioning: Uint8Array.of(9) });
  assert.equal((await readFile(path)).subarray(0x9000, 0xf000), nvs);
});

test('the emulator gets the flash, the console at UART0 and the gateway at UART1', async ({ folder }) => {
  await installEmulator(folder, '');
  const board = esp32Board(await image(folder));
  const { status, output } = await finish(board.spawn({ folder, linePort: 4711, feedPort: 0 }));
  assert.is(status, 0);
  const said = output.trim().split('\n');
  assert.equal(said, [...emulatorCommand('esp32c3', join(folder, 'flash'), 4711).args]);
  assert.ok(said.includes(`file=${folder}/flash,if=mtd,format=raw`));
  const serials = said.filter((_, index) => said[index - 1] === '-serial');
  assert.equal(serials, ['chardev:console', 'chardev:gateway']);
  assert.ok(said.some((each) => each.startsWith('socket,id=gateway,') && each.endsWith('port=4711')));
});

test.run();
