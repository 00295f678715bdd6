// SPDX-License-Identifier: Apache-2.0

/** Where mcconfig and ESP-IDF put the image of an ESP32 board. */
import { join } from 'node:path';
import { ESP32_BOARDS, type Esp32Board } from './esp32-tools.ts';
import { MODDABLE_OUTPUT, type ModdableProgram } from './moddable-programs.ts';

export interface ImageChoice {
  /** Whose manifest: `pne`, `pne-ble`, `pne-serial`, ... */
  readonly program: ModdableProgram;
  /** A debug image waits for xsbug at UART0. */
  readonly debug?: boolean;
  /** The folder that it is built in: build/moddable, unless given. */
  readonly output?: string;
}

export interface ImagePlaces {
  readonly output: string;
  /** The objects of the SDK and of ours. */
  readonly objects: string;
  /** ESP-IDF's project. */
  readonly project: string;
  readonly elf: string;
}

export function placesOf(
  board: Esp32Board,
  { program, debug, output = MODDABLE_OUTPUT }: ImageChoice,
): ImagePlaces {
  const objects = join(output, 'tmp/esp32', board, debug ? 'debug' : 'release', program);
  const project = join(objects, `xsProj-${ESP32_BOARDS[board].name}`);
  return { output, objects, project, elf: join(project, 'build/xs_esp32.elf') };
}
