// SPDX-License-Identifier: Apache-2.0

/** What an image of an ESP32 board is built with: the Moddable SDK, ESP-IDF and its compilers, none of them ours. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import esp32 from '../../boards/esp32/board.json';
import esp32c3 from '../../boards/esp32c3/board.json';
import esp32c6 from '../../boards/esp32c6/board.json';
import esp32s3 from '../../boards/esp32s3/board.json';
import { requireSdkTools } from './sdk.ts';

const run = promisify(execFile);

/** By the names of their folders in boards. */
export const ESP32_BOARDS = Object.freeze({ esp32, esp32s3, esp32c3, esp32c6 });

export type Esp32Board = keyof typeof ESP32_BOARDS;

export const ESP32_BOARD_NAMES = Object.keys(ESP32_BOARDS) as Esp32Board[];

export interface Esp32Tools {
  /** Folders. */
  readonly sdk: string;
  readonly idf: string;
  /** Of ESP-IDF, without a v. */
  readonly version: string;
  /** What the names of the compiler and its tools begin with, with their folder: `/…/bin/riscv32-esp-elf-`. */
  readonly toolchain: string;
}

/**
 * What there is for a board. MODDABLE and IDF_PATH say where, unless others are given. Rejects with one line that
 * names what is missing and what to do.
 */
export async function esp32Tools(
  board: Esp32Board,
  sdk: string | undefined = process.env.MODDABLE,
  idf: string | undefined = process.env.IDF_PATH,
): Promise<Esp32Tools> {
  if (!sdk) throw new Error('MODDABLE is not set: set it to a Moddable SDK with its tools built');
  await requireSdkTools(sdk);
  const expected = await expectedIdf(sdk);
  if (!idf) throw new Error(`IDF_PATH is not set: set it to ESP-IDF v${expected}`);
  const version = await versionOfIdf(idf);
  if (!isSuitable(version, expected))
    throw new Error(`IDF_PATH: ESP-IDF ${version} in ${idf}; this Moddable SDK needs v${expected}`);
  return { sdk, idf, version, toolchain: await toolchainOf(board, idf) };
}

/** The SDK's own rule: the same release, whatever its patch. */
export function isSuitable(version: string, expected: string): boolean {
  const release = (text: string) => text.split('.', 2).join('.');
  return release(version) === release(expected);
}

export async function expectedIdf(sdk: string): Promise<string> {
  const manifest = join(sdk, 'build/devices/esp32/manifest.json');
  const text = await readFile(manifest, 'utf8').catch(() => {
    throw new Error(`MODDABLE: no ${manifest}; take a whole Moddable SDK`);
  });
  const { build } = JSON.parse(text) as { build?: { EXPECTED_ESP_IDF?: string } };
  return (build?.EXPECTED_ESP_IDF ?? '').replace(/^v/, '');
}

export async function versionOfIdf(idf: string): Promise<string> {
  const file = join(idf, 'tools/cmake/version.cmake');
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`IDF_PATH: no ESP-IDF in ${idf}`);
  });
  return ['MAJOR', 'MINOR', 'PATCH']
    .map((part) => new RegExp(`IDF_VERSION_${part} (\\d+)`).exec(text)?.[1] ?? '?')
    .join('.');
}

/** On the PATH, or where ESP-IDF's export.sh puts it. */
export async function toolchainOf(board: Esp32Board, idf: string): Promise<string> {
  const compiler = `${ESP32_BOARDS[board].toolchain}-gcc`;
  const script = `command -v "$1" || { . "$2/export.sh" > /dev/null 2>&1; command -v "$1"; }`;
  const environment = { ...process.env, IDF_PATH: idf, IDF_EXPORT_QUIET: '1' };
  const found = await run('bash', ['-c', script, 'bash', compiler, idf], { env: environment }).catch(() => {
    throw new Error(`no ${compiler}: run ${join(idf, 'install.sh')} ${board}`);
  });
  return found.stdout.trim().slice(0, -'gcc'.length);
}
