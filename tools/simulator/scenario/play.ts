// SPDX-License-Identifier: Apache-2.0

import { ExitStatus } from '../exit-status.ts';
import type { Stage } from './stage.ts';
import { type Story, StoryFailed, StoryStopped } from './story.ts';

/** Plays a scenario on a stage, whose programs and PNEs stay after it. */
export type Tell = (stage: Stage, story: Story) => Promise<void>;

/** Plays one to its end, or as far as it comes: what did not come is a problem of the story. */
export async function play(tell: Tell, stage: Stage, story: Story): Promise<void> {
  try {
    await tell(stage, story);
  } catch (error) {
    if (error instanceof StoryFailed) story.fail(error.message);
    else if (!(error instanceof StoryStopped)) throw error;
  }
}

/** What came out otherwise than it has to weighs more than what ended the run from outside (`ended`). */
export function scenarioStatus({ problems }: Story, ended: number | undefined): number {
  return problems.length > 0 ? ExitStatus.missing : (ended ?? ExitStatus.ok);
}
