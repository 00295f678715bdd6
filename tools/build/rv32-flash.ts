// SPDX-License-Identifier: Apache-2.0

/** The whole flash of a qemu-rv32 board whose modules are preloaded. */
import { type ChildProcess, execFile } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import board from '../../boards/qemu-rv32/board.json';
import { buildRv32Image, type Rv32Image, rv32Setup, spawnRv32 } from './rv32.ts';

const run = promisify(execFile);

/** Where boards/qemu-rv32/memory.h has what is preloaded, from the start of flash. */
const PRELOAD_OFFSET = 0x400000;
/** Bytes. */
export const SDK_COPIES = 32_768;
const PRELOAD_FILE = 'preload.bin';

/**
 * Builds an image of a bundle that exports its start as default: built-ins and what the bodies of its
 * modules make lie in flash too, made by running the image once. Returns the path of the flash's content; with
 * the SDK's engine that is the image, in which xsl has put it.
 */
export async function buildRv32Flash(bundle: string, made: Rv32Image = boardMemory()): Promise<string> {
  const image = await buildRv32Image(bundle, { ...made, preloaded: 1 });
  if (rv32Setup().sdk) return image;
  const folder = `${image}.preload`;
  mkdirSync(folder, { recursive: true });
  await finished(spawnRv32(image, folder)).catch((error: Error) => {
    throw new Error(`${bundle}: its modules cannot be preloaded: ${error.message}`);
  });
  const program = join(folder, 'program.bin');
  await run('riscv64-unknown-elf-objcopy', ['-O', 'binary', image, program]);
  const flash = Buffer.alloc(PRELOAD_OFFSET);
  readFileSync(program).copy(flash);
  const path = `${image}.flash`;
  writeFileSync(path, Buffer.concat([flash, readFileSync(join(folder, PRELOAD_FILE))]));
  return path;
}

/**
 * The SDK's engine copies the bytecode of a function into RAM when a preloaded function makes it: the PNE then
 * needs more than the smallest device has.
 */
function boardMemory(): Rv32Image {
  return rv32Setup().sdk ? { ...board.creation, limit: board.creation.limit + SDK_COPIES } : board.creation;
}

/** Of an image with Bluetooth LE: its peripheral, in C elsewhere, lives among JavaScript's objects on this board. */
export function bleMemory(): Rv32Image {
  const { limit, ...memory } = boardMemory();
  return { ...memory, limit: limit + board.blePeripheral };
}

/** The program in a flash that `buildRv32Flash` made, as the linker left it. */
export function programIn(flash: string): string {
  return flash.replace(/\.flash$/, '');
}

/** How much of a flash what is preloaded takes, in bytes. */
export function preloadedBytes(flash: string): number {
  return statSync(flash).size - PRELOAD_OFFSET;
}

/** Rejects with what the program printed where it did not end well. */
function finished(child: ChildProcess): Promise<void> {
  let words = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(words.split('\n')[0]))));
  });
}
