// SPDX-License-Identifier: Apache-2.0

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkBoardBudget, measureBoardImage, readSections } from './esp32-size.ts';
import { ESP32_BOARD_NAMES, ESP32_BOARDS } from './esp32-tools.ts';
import { MODDABLE_PROGRAMS } from './moddable-programs.ts';

const SECTIONS = `xs_esp32.elf  :
section              size         addr
.iram0.text         36940   1077411840
.iram0.text_end       436   1077448780
.dram0.dummy        37376   1070071808
.dram0.data          3068   1070109184
.noinit                 4   1070112252
.dram0.bss           6208   1070112256
.flash.text        428774   1107296288
.debug_info       2997832            0
Total             8389179
`;

test('sections are read as size prints them', () => {
  const sections = readSections(SECTIONS);
  assert.is(sections.get('.dram0.bss'), 6208);
  assert.is(sections.size, 8);
});

test('an image is its application, its variables, and the code that runs from RAM', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pne-size-'));
  const [application, elf] = [join(folder, 'xs_esp32.bin'), join(folder, 'xs_esp32.elf')];
  await writeFile(application, new Uint8Array(1234));
  await writeFile(elf, SECTIONS);
  await writeFile(join(folder, 'x-size'), '#!/bin/sh\ncat "$2"\n');
  await chmod(join(folder, 'x-size'), 0o755);
  const parts = [
    { offset: 0, path: elf },
    { offset: 0x10000, path: application },
  ];
  const settings = { mode: 'dio', frequency: '80m', size: '4MB' };
  const image = { board: 'esp32c3', program: 'pne-serial', chip: 'esp32c3', settings, parts, elf } as const;
  assert.equal(await measureBoardImage(image, join(folder, 'x-')), {
    imageBytes: 1234,
    dataBytes: 3068 + 4 + 6208,
    ramCodeBytes: 36940 + 436,
  });
  await rm(folder, { recursive: true });
});

test('every image of every board has a budget, and a byte more is over it', () => {
  for (const board of ESP32_BOARD_NAMES) {
    const budgets: Readonly<Record<string, { imageBytes: number; dataBytes: number; ramCodeBytes: number }>> =
      ESP32_BOARDS[board].budgets;
    for (const program of MODDABLE_PROGRAMS) {
      const most = budgets[program]!;
      assert.equal(checkBoardBudget({ board, program }, most), [], `${program} on ${board}`);
      const over = { ...most, imageBytes: most.imageBytes + 1 };
      assert.match(checkBoardBudget({ board, program }, over).join(), /imageBytes is \d+, 1 over its budget/);
    }
  }
});

test.run();
