// SPDX-License-Identifier: Apache-2.0

/** The image that a command is about: one that is built, or that is built now. */
import { buildBoardImage, findBoardImage } from '../build/esp32.ts';
import type { Esp32Board } from '../build/esp32-tools.ts';
import type { ModdableProgram } from '../build/moddable-programs.ts';
import { examineTools } from '../doctor/checks.ts';
import { MACHINE } from '../doctor/machine.ts';
import { type BuiltImage, imageIn } from './image.ts';
import { FlashProblem } from './part.ts';

export interface ImageChoice {
  readonly program: ModdableProgram;
  /** The folder of one that is built. */
  readonly image: string | undefined;
  /** Nothing is built. */
  readonly isDry: boolean;
}

/** Undefined where it would have to be built, and is not to be. Rejects with a `FlashProblem`. */
export async function chooseImage(
  board: Esp32Board,
  { image: folder, program, isDry }: ImageChoice,
): Promise<BuiltImage | undefined> {
  const image = folder === undefined ? await builtImage(board, program, isDry) : imageIn(folder);
  if (image !== undefined && image.chip !== board)
    throw new FlashProblem(`the image is for ${image.chip}, and the board is ${board}`);
  return image;
}

async function builtImage(
  board: Esp32Board,
  program: ModdableProgram,
  isDry: boolean,
): Promise<BuiltImage | undefined> {
  if (isDry) return findBoardImage(board, { program });
  const missing = (await examineTools(MACHINE, [board])).find(({ state }) => state === 'failed');
  if (missing !== undefined) throw new FlashProblem(`${missing.name}: ${missing.found}; ${missing.fix}`);
  console.log(`building ${program} for ${board}`);
  return buildBoardImage(board, { program }).catch(({ message }: Error) => {
    throw new FlashProblem(message);
  });
}
