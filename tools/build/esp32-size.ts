// SPDX-License-Identifier: Apache-2.0

/** What an image of an ESP32 board takes, and what its board.json allows. */
import { stat } from 'node:fs/promises';
import type { BoardImage } from './esp32.ts';
import { ESP32_BOARDS } from './esp32-tools.ts';
import { runTool } from './sdk.ts';

/** Bytes. */
export interface ImageSize {
  /** The application, as it is written to flash. */
  readonly imageBytes: number;
  /** Variables of C. XS's memory and everything else that is shared out later is not in it. */
  readonly dataBytes: number;
  /** Code that runs from RAM. */
  readonly ramCodeBytes: number;
}

export type ImageBudget = Readonly<Partial<Record<keyof ImageSize, number>>>;

/** `toolchain` is what the names of the compiler's tools begin with. */
export async function measureBoardImage(image: BoardImage, toolchain: string): Promise<ImageSize> {
  const application = image.parts.at(-1)!;
  const sections = readSections(await runTool(`${toolchain}size`, ['-A', image.elf]));
  const sum = (pattern: RegExp) =>
    [...sections].filter(([name]) => pattern.test(name)).reduce((bytes, [, size]) => bytes + size, 0);
  return {
    imageBytes: (await stat(application.path)).size,
    dataBytes: sum(/^\.(dram0\.(data|bss)|noinit|iram0\.(data|bss))$/),
    ramCodeBytes: sum(/^\.iram0\.(vectors|text|text_end)$/),
  };
}

/** Returns a line for each figure that is over what board.json allows, and for each that it says nothing of. */
export function checkBoardBudget(
  { board, program }: Pick<BoardImage, 'board' | 'program'>,
  size: ImageSize,
): string[] {
  const budgets: Readonly<Partial<Record<string, ImageBudget>>> = ESP32_BOARDS[board].budgets;
  return Object.entries(size).flatMap(([name, bytes]) => {
    const most = budgets[program]?.[name as keyof ImageSize];
    if (most === undefined)
      return [`${program} on ${board}: no budget ${name} in boards/${board}/board.json`];
    return bytes > most
      ? [`${program} on ${board}: ${name} is ${bytes}, ${bytes - most} over its budget of ${most}`]
      : [];
  });
}

/** Sections and their bytes, of what `size -A` prints. */
export function readSections(text: string): ReadonlyMap<string, number> {
  const rows = [...text.matchAll(/^(\.[\w.]+)\s+(\d+)\s+\d+\s*$/gm)];
  return new Map(rows.map(([, name, bytes]) => [name!, Number(bytes)]));
}
