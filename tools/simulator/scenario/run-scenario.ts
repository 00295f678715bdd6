// SPDX-License-Identifier: Apache-2.0

/** `--scenario NAME`, of one that is told in steps: says what happens, and how it came out. */
import { openBoard } from '../boards.ts';
import type { Endings } from '../ending.ts';
import { ExitStatus } from '../exit-status.ts';
import { freePort, isFree } from '../free-port.ts';
import type { Options } from '../options.ts';
import { USUAL_PORT } from '../page.ts';
import { sayWhileWaiting } from '../patience.ts';
import { openScratch } from '../scratch.ts';
import { UsageError } from '../usage-error.ts';
import { play, scenarioStatus, type Tell } from './play.ts';
import { Stage } from './stage.ts';
import { Story } from './story.ts';

/** Returns the exit status. Where it is not to end by itself its PNEs stay, unless it came out as it must not. */
export async function runScenario(
  { name, summary }: { readonly name: string; readonly summary: string },
  tell: Tell,
  { json, once, page, pnes: pneCount, intervalMs }: Options,
  endings: Endings,
): Promise<number> {
  const say = (line: string) => (json ? console.error(line) : console.log(line));
  say(`scenario ${name}: ${summary}; ${once ? 'ends by itself' : 'Ctrl-C ends'}`);
  const port = await pagePort(page);
  const board = await openBoard('linux');
  const scratch = openScratch();
  const stage = new Stage({
    ...{ folder: scratch.folder, board, pneCount, intervalMs, page: port, stop: endings.signal },
    onPage: (url) => say(`look at it: ${url}`),
  });
  const story = new Story(say);
  const waited = (seconds: number) => stage.awaited && `${seconds} s: waits for ${stage.awaited}`;
  const waiting = sayWhileWaiting(waited, say);
  try {
    await play(tell, stage, story);
    waiting.stop();
    for (const problem of story.problems) console.error(`pne-runtime: ${problem}`);
    if (!once && story.problems.length === 0) await aborted(endings.signal);
    const status = scenarioStatus(story, endings.first?.status);
    if (json) console.log(JSON.stringify(report(name, stage, story, status), null, 2));
    return status;
  } finally {
    waiting.stop();
    await stage.close();
    scratch.remove();
  }
}

/** The document that `--json` prints: as that of other runs, as far as there is the same in it. */
function report(name: string, { board, pnes, arrivals }: Stage, story: Story, status: number): object {
  return {
    ok: status === ExitStatus.ok,
    engine: board.engine,
    pnes: [...pnes.values()].map(({ id, figures }) => ({
      ...{ id, board: board.name, sent: figures.sent, received: arrivals.of(id) },
      ...{ heapBytes: figures.heapBytes, heapPeakBytes: figures.heapPeakBytes },
    })),
    scenario: { name, figures: story.figures, steps: story.steps },
    problems: story.problems,
  };
}

/** Where the page of the server is to be, as that of any run. */
async function pagePort(page: Options['page']): Promise<number | undefined> {
  if (page === undefined) return undefined;
  const port = page === 'usual' ? USUAL_PORT : page;
  if (await isFree(port)) return port;
  if (page === 'usual') return freePort();
  throw new UsageError(`port ${port} is taken: give --page another, or leave it out`);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}
