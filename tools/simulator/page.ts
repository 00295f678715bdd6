// SPDX-License-Identifier: Apache-2.0

/** Shows a run as a page in the browser, beside what the terminal shows. */
import { qrModules } from '../../src/node/onboarding-qr.ts';
import { newPageToken, type PageActions } from '../../src/node/page/actions.ts';
import { PageFeed } from '../../src/node/page/feed.ts';
import { type PageServerOptions, servePage } from '../../src/node/page/server.ts';
import type { Listener } from '../../src/node/tcp.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import { buildPage } from '../build/page.ts';
import type { AttackDesk } from './attacks/desk.ts';
import type { Board } from './board.ts';
import type { PneFigures } from './figures.ts';
import type { Options } from './options.ts';
import { interfaceFacts } from './report.ts';
import { UsageError } from './usage-error.ts';

/** Where it is looked for first; where that is taken, anywhere. */
const USUAL_PORT = 8752;

export interface Page {
  readonly url: string;
  agreed(agreement: Agreement): void;
  progress(pnes: readonly PneFigures[]): void;
  reading(pne: string, value: unknown): void;
  code(pne: string, text: string): void;
  joined(pne: string): void;
  attack: PageFeed['attack'];
  event: PageFeed['event'];
  close(): Promise<void>;
}

/** undefined where none is wanted. Throws a UsageError where the port that is asked for is taken. */
export async function openPage(
  options: Options,
  boards: readonly Board[],
  desk: AttackDesk,
): Promise<Page | undefined> {
  if (options.page === undefined) return undefined;
  const feed = new PageFeed('Personal network', Date.now);
  feed.add('gateway', 'gateway', 'Node');
  feed.add('server', 'server', 'Node');
  for (let index = 0; index < options.pnes; index += 1) {
    const { name, engine } = boards[index % boards.length]!;
    feed.add(`pne-${index + 1}`, 'pne', `${name}, ${engine.name} ${engine.version}`);
  }
  for (const view of desk.views) feed.attack(view);
  const token = newPageToken();
  const listener = await listen({ feed, token, actions: actionsOf(desk) }, options.page);
  return {
    url: `http://127.0.0.1:${listener.port}/#token=${token}`,
    agreed: (agreement) => showAgreement(feed, agreement),
    progress(pnes): void {
      for (const pne of pnes) showFigures(feed, pne);
    },
    reading: (pne, value) => feed.reading(pne, value),
    code(pne, text): void {
      feed.code(pne, { text, rows: qrModules(text) });
      feed.event('pairing', pne, 'is to join by its code');
    },
    joined(pne): void {
      feed.code(pne, undefined);
      feed.event('pairing', pne, 'has joined: its code is used up');
    },
    attack: (view) => feed.attack(view),
    event: (...event) => feed.event(...event),
    close: () => listener.close(),
  };
}

/** An attack is asked for here; what comes of it is seen in the feed. */
function actionsOf(desk: AttackDesk): PageActions {
  return {
    attack({ name = '' }): void {
      void desk.launch(name);
    },
  };
}

async function listen(
  served: Pick<PageServerOptions, 'feed' | 'token' | 'actions'>,
  page: number | 'usual',
): Promise<Listener> {
  const files = await buildPage();
  const at = (port: number) => servePage({ ...served, files, port });
  if (page === 'usual') return at(USUAL_PORT).catch(() => at(0));
  return at(page).catch(({ code, message }: NodeJS.ErrnoException) => {
    throw new UsageError(
      code === 'EADDRINUSE' ? `port ${page} is taken: give --page another, or leave it out` : message,
    );
  });
}

function showAgreement(feed: PageFeed, agreement: Agreement): void {
  const { name, pne, gateway, ...facts } = interfaceFacts(agreement);
  const from = pne ?? gateway ?? '';
  feed.agreed({ name, from, to: name === 'CPNS-1' ? 'gateway' : 'server', ...facts });
  const { confidentiality, integrity } = facts;
  feed.event('agreed', from, `${name} is secured: ${confidentiality}, integrity ${integrity}`);
}

function showFigures(
  feed: PageFeed,
  { id, sent, received, refusedByPne, refusedByServer, lost }: PneFigures,
): void {
  const refused = refusedByPne + refusedByServer;
  feed.figures(id, { sent, received, refused, ...(lost && { status: 'lost' }) });
}
