// SPDX-License-Identifier: Apache-2.0

/** What mcconfig, xsc and xsl make of an image before a compiler is needed: every module of it, linked. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { OUTPUT } from './bundle.ts';
import { type ImageChoice, placesOf } from './esp32-places.ts';
import type { Esp32Board } from './esp32-tools.ts';
import { bundlePrograms, manifestOf } from './moddable-programs.ts';
import { mcconfig, requireSdkTools, runTool, toolsOf } from './sdk.ts';

/** Apart from images, which are built from other objects. */
const GENERATED = join(OUTPUT, 'esp32-modules');

/** Rejects with one line where a module, a platform or a file is missing. Returns the C that xsl wrote. */
export async function generateBoardImage(
  board: Esp32Board,
  choice: ImageChoice,
  { sdk, idf }: { readonly sdk: string; readonly idf: string },
): Promise<string> {
  const { output, objects, project } = placesOf(board, { output: GENERATED, ...choice });
  await requireSdkTools(sdk);
  await bundlePrograms();
  await mkdir(output, { recursive: true });
  const target = ['-p', `esp32:./boards/${board}`, '-o', output, manifestOf(choice.program)];
  await mcconfig(sdk, [...(choice.debug ? ['-d'] : []), ...target], { IDF_PATH: idf });
  const linked = join(objects, 'mc.xs.c');
  await withSettings(join(project, 'build/config/sdkconfig.h'), (settings) =>
    runTool('make', ['-f', join(objects, 'makefile'), '-o', settings, linked], {
      MODDABLE: sdk,
      IDF_PATH: idf,
      PATH: `${toolsOf(sdk)}${delimiter}${process.env.PATH}`,
    }),
  );
  return linked;
}

/**
 * Works with an empty file in the place of ESP-IDF's settings, which ESP-IDF would make with its compiler: modules do
 * not depend on what is in it. It is gone afterwards, or an image would be built with it. Settings that an image left
 * there stay.
 */
export async function withSettings(path: string, work: (path: string) => Promise<unknown>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const isOurs = await writeFile(path, '', { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      return false;
    },
  );
  try {
    await work(path);
  } finally {
    if (isOurs) await rm(path);
  }
}
