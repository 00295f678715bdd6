// SPDX-License-Identifier: Apache-2.0

/** Images of the ESP32 boards, built by mcconfig and ESP-IDF. */
import { existsSync } from 'node:fs';
import { access, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImageChoice, placesOf } from './esp32-places.ts';
import { checkSettings, requireSettings } from './esp32-settings.ts';
import { checkStructures } from './esp32-structures.ts';
import { type Esp32Board, esp32Tools } from './esp32-tools.ts';
import { bundlePrograms, type ModdableProgram, manifestOf } from './moddable-programs.ts';
import { mcconfig } from './sdk.ts';

export interface ImageOptions extends ImageChoice {
  /** Unless MODDABLE and IDF_PATH say so. */
  readonly sdk?: string;
  readonly idf?: string;
}

/** What is written to a board's flash, and how. */
export interface BoardImage {
  readonly board: Esp32Board;
  readonly program: ModdableProgram;
  /** As esptool names it: `esp32c3`. */
  readonly chip: string;
  /** As esptool takes them: `dio`, `80m`, `4MB`. */
  readonly settings: FlashSettings;
  /** Ascending: bootloader, partition table, application. */
  readonly parts: readonly ImagePart[];
  /** With symbols. */
  readonly elf: string;
}

export interface ImagePart {
  /** From the start of flash, in bytes. */
  readonly offset: number;
  readonly path: string;
}

export interface FlashSettings {
  readonly mode: string;
  readonly frequency: string;
  readonly size: string;
}

/**
 * Builds the image of a board, or brings it up to date. Takes minutes the first time. Rejects with one line that names
 * what is missing, or what the build said.
 */
export async function buildBoardImage(board: Esp32Board, options: ImageOptions): Promise<BoardImage> {
  const tools = await esp32Tools(board, options.sdk, options.idf);
  const places = placesOf(board, options);
  await requireSettings(tools.idf);
  await bundlePrograms();
  await mkdir(places.output, { recursive: true });
  await removeHalfConfigured(places.project);
  // The SDK's make goes on where the build of ESP-IDF fails: what is there afterwards was linked now.
  await rm(places.elf, { force: true });
  await mcconfig(tools.sdk, mcconfigArguments(board, options), { IDF_PATH: tools.idf });
  const image = await findBoardImage(board, options);
  if (image === undefined) throw new Error(`MODDABLE: ${options.program} for ${board}: no image was linked`);
  await checkSettings(places.project);
  await checkStructures(tools, places);
  return image;
}

/**
 * A project of ESP-IDF whose first configuration was cut off: the SDK's make sees its settings, takes it for configured
 * from then on, and no build of it ends well.
 */
async function removeHalfConfigured(project: string): Promise<void> {
  const build = join(project, 'build');
  if (!existsSync(join(build, 'build.ninja'))) await rm(build, { recursive: true, force: true });
}

/** The image that was built before. Undefined where there is none. */
export async function findBoardImage(
  board: Esp32Board,
  options: ImageChoice,
): Promise<BoardImage | undefined> {
  const { project, elf } = placesOf(board, options);
  const text = await readFile(join(project, 'build/flasher_args.json'), 'utf8').catch(() => undefined);
  const isLinked = await access(elf).then(
    () => true,
    () => false,
  );
  if (text === undefined || !isLinked) return undefined;
  return { board, program: options.program, elf, ...readFlasherArguments(text, join(project, 'build')) };
}

/** What mcconfig is given. The board is relative to the checkout, as mcconfig puts its path in lower case. */
export function mcconfigArguments(board: Esp32Board, choice: ImageChoice): string[] {
  const mode = choice.debug ? ['-d'] : [];
  const target = ['-p', `esp32:./boards/${board}`, '-t', 'build', '-o', placesOf(board, choice).output];
  return [...mode, '-m', ...target, manifestOf(choice.program)];
}

interface FlasherArguments {
  readonly flash_settings: {
    readonly flash_mode: string;
    readonly flash_freq: string;
    readonly flash_size: string;
  };
  readonly flash_files: Readonly<Record<string, string>>;
  readonly extra_esptool_args: { readonly chip: string };
}

/** ESP-IDF's flasher_args.json, whose paths are relative to `folder`. */
export function readFlasherArguments(
  text: string,
  folder: string,
): Pick<BoardImage, 'chip' | 'settings' | 'parts'> {
  const { flash_settings, flash_files, extra_esptool_args } = JSON.parse(text) as FlasherArguments;
  const { flash_mode: mode, flash_freq: frequency, flash_size: size } = flash_settings;
  const parts = Object.entries(flash_files).map(([offset, path]) => ({
    offset: Number(offset),
    path: join(folder, path),
  }));
  return {
    chip: extra_esptool_args.chip,
    settings: { mode, frequency, size },
    parts: parts.sort((a, b) => a.offset - b.offset),
  };
}
