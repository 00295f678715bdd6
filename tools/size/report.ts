// SPDX-License-Identifier: Apache-2.0

import { alignColumns } from '../bench/table.ts';
import { checkBudget } from './budget.ts';
import { checkContents, readContents } from './contents.ts';
import { type Figure, measureImage } from './figures.ts';
import type { Image } from './images.ts';

export interface ImageReport {
  readonly image: string;
  readonly board: string;
  readonly provider: string;
  readonly figures: readonly (Figure & { readonly budget?: number })[];
  /** A line for each thing that is wrong with it. */
  readonly problems: readonly string[];
}

/** Builds and measures an image, and looks into it. */
export async function reportImage(image: Image): Promise<ImageReport> {
  const { name, board, provider, budget } = image;
  const figures = await measureImage(image);
  const contents = await readContents(await image.bundle(), await image.build());
  return {
    image: name,
    board,
    provider,
    figures: figures.map((figure) => ({ ...figure, ...budgetOf(figure, budget) })),
    problems: [...checkBudget(image, figures), ...checkContents(image, contents)],
  };
}

function budgetOf({ name }: Figure, budget: Image['budget']): { budget?: number } {
  const most = budget[name];
  return most === undefined ? {} : { budget: most };
}

export function formatReport({ image, board, provider, figures }: ImageReport): string {
  return alignColumns([
    [`${image} on ${board}, provider ${provider}`, 'bytes', 'budget', 'used'],
    ...figures.map(({ meaning, bytes, budget }) => [
      meaning,
      grouped(bytes),
      ...(budget === undefined ? ['', ''] : [grouped(budget), `${((100 * bytes) / budget).toFixed(0)} %`]),
    ]),
  ]);
}

function grouped(bytes: number): string {
  return bytes.toLocaleString('en');
}
