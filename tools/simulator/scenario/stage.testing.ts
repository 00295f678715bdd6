// SPDX-License-Identifier: Apache-2.0

/** Test code: scenarios on stages where something is otherwise. */
import { openBoard } from '../boards.ts';
import { openScratch } from '../scratch.ts';
import { play, scenarioStatus } from './play.ts';
import type { Stage, StageOptions } from './stage.ts';
import { Story } from './story.ts';
import { SCENARIOS } from './table.ts';

/** What cannot come is not waited for as long as what is only slow. */
export const SHORT_MS = 1000;

/** Returns the exit status of a run on that stage, and the problems that it names. */
export async function playedOn(
  Altered: new (options: StageOptions) => Stage,
  name: string,
  pneCount: number,
): Promise<{ readonly status: number; readonly problems: readonly string[] }> {
  const { folder, remove } = openScratch();
  const board = await openBoard('linux');
  const stop = new AbortController().signal;
  const stage = new Altered({
    ...{ folder, board, pneCount, stop, intervalMs: 20, page: undefined },
  });
  const story = new Story(() => undefined);
  try {
    await play(SCENARIOS.find((row) => row.name === name)!.tell!, stage, story);
    return { status: scenarioStatus(story, undefined), problems: story.problems };
  } finally {
    await stage.close();
    remove();
  }
}
