// SPDX-License-Identifier: Apache-2.0

/** Shows a run as a page in the browser, beside what the terminal shows. */
import { newPageToken } from '../../src/node/page/actions.ts';
import { buildPage } from '../../src/node/page/bundle.ts';
import { PageFeed } from '../../src/node/page/feed.ts';
import { groupViews } from '../../src/node/page/group-views.ts';
import { type PageServerOptions, servePage } from '../../src/node/page/server.ts';
import type { AttackView } from '../../src/node/page/state.ts';
import type { Listener } from '../../src/node/tcp.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import type { Reading } from '../../src/roles/server-store.ts';
import type { AttackDesk } from './attacks/desk.ts';
import type { Radio } from './ble/radio.ts';
import type { Board } from './board.ts';
import type { PneFigures } from './figures.ts';
import type { Options } from './options.ts';
import { runActions } from './page/actions.ts';
import { ShownRun } from './page/shown-run.ts';
import { RunWatch } from './page/watch.ts';
import type { RunControl, RunOptions } from './run-options.ts';
import { UsageError } from './usage-error.ts';

/** Where it is looked for first; where that is taken, anywhere. */
export const USUAL_PORT = 8752;

/** What a run tells its page, and lets it see and do. */
type Hooks = Pick<RunOptions, 'onNetwork' | 'onGroups' | 'onStarted' | 'watcher'>;

export interface Page {
  readonly url: string;
  readonly hooks: Hooks;
  agreed(agreement: Agreement): void;
  progress(pnes: readonly PneFigures[]): void;
  reading(pne: string, reading: Reading): void;
  code(pne: string, text: string): void;
  joined(pne: string): void;
  attack: PageFeed['attack'];
  event: PageFeed['event'];
  passkey(pne: string): void;
  close(): Promise<void>;
}

/** undefined where none is wanted. Throws a UsageError where the port that is asked for is taken. */
export async function openPage(
  options: Options,
  boards: readonly Board[],
  radio: Radio | undefined,
  desk: AttackDesk,
): Promise<Page | undefined> {
  if (options.page === undefined) return undefined;
  const feed = new PageFeed('Personal network', Date.now);
  const watch = new RunWatch(feed, radio);
  let control: RunControl | undefined;
  for (const view of desk.views) feed.attack(view);
  const actions = {
    ...runActions({ feed, tracer: watch.tracer, control: () => control }),
    // What comes of it is seen in the feed.
    attack({ name = '' }): void {
      void desk.launch(name);
    },
  };
  const token = newPageToken();
  const listener = await listen({ feed, token, actions }, options.page);
  const shown = new ShownRun(feed, watch, boards);
  feed.add('gateway', 'gateway', 'Node');
  feed.add('server', 'server', 'Node');
  for (let index = 1; index <= options.pnes; index += 1) shown.add(`pne-${index}`);
  return Object.assign(shown, {
    url: `http://127.0.0.1:${listener.port}/#token=${token}`,
    hooks: {
      watcher: {
        ...{ watch: watch.watch, onLink: watch.onLink },
        onGone: (pne: string) => shown.onGone(pne),
        onRevoked: (pne: string) => shown.onRevoked(pne),
      },
      onStarted: (pne: string) => feed.step(pne, 'switched on'),
      onNetwork(network: RunControl): void {
        control = network;
      },
      onGroups: () => control !== undefined && feed.setGroups(groupViews(control.keys)),
    },
    attack: (view: AttackView) => feed.attack(view),
    close: () => listener.close(),
  });
}

type Served = Pick<PageServerOptions, 'feed' | 'token' | 'actions'>;

async function listen(served: Served, page: number | 'usual'): Promise<Listener> {
  const files = await buildPage();
  const at = (port: number) => servePage({ ...served, files, port });
  if (page === 'usual') return at(USUAL_PORT).catch(() => at(0));
  return at(page).catch(({ code, message }: NodeJS.ErrnoException) => {
    throw new UsageError(
      code === 'EADDRINUSE' ? `port ${page} is taken: give --page another, or leave it out` : message,
    );
  });
}
