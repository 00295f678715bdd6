// SPDX-License-Identifier: Apache-2.0

/** Puts what a run tells into the feed of its page. */
import { qrModules } from '../../../src/node/onboarding-qr.ts';
import type { PageFeed } from '../../../src/node/page/feed.ts';
import { interfaceFacts } from '../../../src/node/page/interface-facts.ts';
import type { Agreement } from '../../../src/roles/interface.ts';
import type { Reading } from '../../../src/roles/server-store.ts';
import type { Board } from '../board.ts';
import type { PneFigures } from '../figures.ts';
import type { RunWatch } from './watch.ts';

export class ShownRun {
  private readonly feed: PageFeed;
  private readonly watch: RunWatch;
  private readonly boards: readonly Board[];
  private count = 0;

  constructor(feed: PageFeed, watch: RunWatch, boards: readonly Board[]) {
    this.feed = feed;
    this.watch = watch;
    this.boards = boards;
  }

  add(pne: string): void {
    const { name, engine } = this.boards[this.count % this.boards.length]!;
    this.count += 1;
    this.feed.add(pne, 'pne', `${name}, ${engine.name} ${engine.version}`);
  }

  agreed(agreement: Agreement): void {
    const { name, pne, gateway, entity, ...facts } = interfaceFacts(agreement);
    const from = pne ?? gateway ?? entity ?? '';
    if (entity !== undefined && !this.feed.has(entity)) this.feed.add(entity, 'entity', 'Node');
    const { confidentiality, integrity } = facts;
    this.feed.agreed({ name, from, to: name === 'CPNS-1' ? 'gateway' : 'server', ...facts });
    this.feed.event('agreed', from, `${name} is secured: ${confidentiality}, integrity ${integrity}`);
    this.feed.step(from, `${name} is secured: ${confidentiality}`);
    if (name === 'CPNS-3') this.watch.secured(from);
  }

  progress(pnes: readonly PneFigures[]): void {
    for (const { id, sent, received, refusedByPne, refusedByServer, lost } of pnes)
      this.feed.figures(id, {
        sent,
        received,
        refused: refusedByPne + refusedByServer,
        ...(lost && { status: 'lost' }),
      });
  }

  reading(pne: string, reading: Reading): void {
    this.watch.tracer.reading(pne, reading);
    this.feed.reading(pne, reading.value, reading.id);
    this.feed.step(pne, 'first reading verified by the server');
    this.watch.show(pne);
  }

  code(pne: string, text: string): void {
    if (!this.feed.has(pne)) this.add(pne);
    this.feed.code(pne, { text, rows: qrModules(text) });
    this.feed.step(pne, 'its code is registered at the server');
    this.feed.event('pairing', pne, 'is to join by its code');
  }

  joined(pne: string): void {
    this.feed.code(pne, undefined);
    this.feed.step(pne, 'has joined: it has a key of its own, and the code is used up');
    this.feed.event('pairing', pne, 'has joined: its code is used up');
  }

  passkey(pne: string): void {
    this.feed.step(pne, 'shows a passkey, which is typed at the gateway');
    this.feed.event('pairing', pne, 'shows a passkey, which is typed at the gateway');
  }

  onGone(pne: string): void {
    this.feed.remove(pne);
    this.watch.tracer.forget(pne);
    this.feed.event('admin', pne, 'is removed: its credential is withdrawn, and it is switched off');
  }

  onRevoked(pne: string): void {
    this.feed.figures(pne, { status: 'revoked' });
    this.feed.event(
      'admin',
      pne,
      'is revoked: it may not join, report or get contents, and has no key of a group',
    );
  }

  event(...event: Parameters<PageFeed['event']>): void {
    this.feed.event(...event);
  }
}
