// SPDX-License-Identifier: Apache-2.0

/**
 * Images of the ESP32 boards: built where their compiler is there, within their budgets, and run where an emulator has
 * the chip; elsewhere as far as the SDK brings them without a compiler.
 */
import { type BoardImage, buildBoardImage } from '../build/esp32.ts';
import { generateBoardImage } from '../build/esp32-generated.ts';
import { checkBoardBudget, type ImageSize, measureBoardImage } from '../build/esp32-size.ts';
import { ESP32_BOARD_NAMES, type Esp32Board, type Esp32Tools, esp32Tools } from '../build/esp32-tools.ts';
import { MODDABLE_PROGRAMS, type ModdableProgram } from '../build/moddable-programs.ts';
import { missingEmulator } from '../simulator/esp32.ts';
import { checkBench } from './esp32-bench.ts';
import { checkReadings, checkSelfTest } from './esp32-emulated.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

const STAGE = 'esp32 images';

/** What runs in an emulator: it has neither of the other links. */
const EMULATED: Readonly<Partial<Record<ModdableProgram, (image: BoardImage) => Promise<Outcome>>>> =
  Object.freeze({ 'pne-serial': checkReadings, 'pne-selftest': checkSelfTest, 'pne-bench': checkBench });

export async function testEsp32Images(tally: Tally): Promise<void> {
  if (!tally.wantsStage(STAGE)) return;
  const { MODDABLE: sdk, IDF_PATH: idf } = process.env;
  if (!sdk || !idf) {
    console.log(`left out  ${STAGE}: set MODDABLE to an SDK with its tools built, and IDF_PATH to ESP-IDF`);
    return;
  }
  for (const board of ESP32_BOARD_NAMES) {
    const tools = await esp32Tools(board, sdk, idf).catch((error: Error) => error.message);
    if (typeof tools === 'string') await generateAll(tally, board, { sdk, idf }, tools);
    else await buildAll(tally, board, tools);
  }
}

async function generateAll(
  tally: Tally,
  board: Esp32Board,
  place: { readonly sdk: string; readonly idf: string },
  missing: string,
): Promise<void> {
  console.log(`left out  ${STAGE}: C for ${board}: ${missing}`);
  for (const program of MODDABLE_PROGRAMS)
    await tally.run(STAGE, `modules of ${program} for ${board}`, async () => {
      await generateBoardImage(board, { program }, place);
      return { passed: 1 };
    });
}

async function buildAll(tally: Tally, board: Esp32Board, tools: Esp32Tools): Promise<void> {
  const noEmulator = await missingEmulator(board);
  if (noEmulator !== undefined) console.log(`left out  ${STAGE}: ${board} emulated: ${noEmulator}`);
  for (const program of MODDABLE_PROGRAMS) {
    let image: BoardImage | undefined;
    await tally.run(STAGE, `${program} for ${board}`, async () => {
      image = await buildBoardImage(board, { program, sdk: tools.sdk, idf: tools.idf });
      return await checkSize(image, tools);
    });
    const check = EMULATED[program];
    if (image === undefined || check === undefined || noEmulator !== undefined) continue;
    const built = image;
    await tally.run(STAGE, `${program} on an emulated ${board}`, () => check(built));
  }
}

async function checkSize(image: BoardImage, { toolchain }: Esp32Tools): Promise<Outcome> {
  const size = await measureBoardImage(image, toolchain);
  const problems = checkBoardBudget(image, size);
  if (problems.length > 0) throw new CheckFailure(problems.join('\n'), 0, problems.length);
  return { passed: 1, notes: [formatSize(size)] };
}

function formatSize(size: ImageSize): string {
  return Object.entries(size)
    .map(([name, bytes]) => `${name} ${bytes}`)
    .join(', ');
}
