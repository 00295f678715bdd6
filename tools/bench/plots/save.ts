// SPDX-License-Identifier: Apache-2.0

/** The plots of the results in the repository: beside them. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESULTS_FOLDER, readResults } from '../results.ts';
import { type Plot, plotsOf } from './plots.ts';

/** Draws them anew. Returns the names of their files. */
export function savePlots(): string[] {
  return savedPlots().map(({ name, svg }) => {
    writeFileSync(join(RESULTS_FOLDER, `${name}.svg`), svg);
    return `${name}.svg`;
  });
}

/** As the results that are kept give them. */
export function savedPlots(): Plot[] {
  const files = readdirSync(RESULTS_FOLDER).filter((file) => file.endsWith('.json'));
  return files.sort().flatMap((file) => plotsOf(readResults(join(RESULTS_FOLDER, file))));
}
