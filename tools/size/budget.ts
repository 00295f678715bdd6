// SPDX-License-Identifier: Apache-2.0

import type { Figure } from './figures.ts';
import type { Image } from './images.ts';

/** What to do about a figure that is over its budget. */
const REMEDIES: Readonly<Record<string, string>> = Object.freeze({
  codeBytes: 'look for the object in the image’s .map',
  constantsBytes: 'look for the object in the image’s .map',
  bytecodeBytes: '`npm run size -- --modules` lists what each module compiles to',
  srcBytecodeBytes: '`npm run size -- --modules` lists what each module compiles to',
  dataBytes: 'look for .data and .bss in the image’s .map',
  xsBytes:
    '`npm run size -- --modules` lists what each module keeps in memory; then lower `limit` in the board.json',
  xsLiveBytes: '`npm run size -- --modules` lists what each module keeps in memory',
  jsStackPeakBytes: 'bound the recursion that goes deepest',
  cHeapBytes: 'look for who calls malloc',
  cStackPeakBytes: 'look for large arrays on the stack',
});

/** Returns a line for each figure that is over its budget, and for each budget without a figure. */
export function checkBudget(
  { name, board, budget }: Pick<Image, 'name' | 'board' | 'budget'>,
  figures: readonly Figure[],
): string[] {
  const image = `${name} on ${board}`;
  return Object.entries(budget).flatMap(([key, most]) => {
    const figure = figures.find((each) => each.name === key);
    if (figure === undefined) return [`${image}: budget ${key}: no such figure; see tools/size/figures.ts`];
    if (figure.bytes <= most) return [];
    const remedy = REMEDIES[key] ?? 'or raise the budget in the board.json, and say why in the commit';
    return [
      `${image}: ${key} is ${figure.bytes}, ${figure.bytes - most} over its budget of ${most}: ${remedy}`,
    ];
  });
}
