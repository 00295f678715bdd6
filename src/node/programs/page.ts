// SPDX-License-Identifier: Apache-2.0

/**
 * `--page`: what a program does, as a page on loopback. Its address, with the token of the run, is in a file that only the
 * program's user reads, and not in the log. Without the option there is no page, and all of this does nothing.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Agreement } from '../../roles/interface.ts';
import type { Reading } from '../../roles/server-store.ts';
import type { HeldConsents } from '../held-consents.ts';
import { newPageToken, type PageActions } from '../page/actions.ts';
import { PageFeed } from '../page/feed.ts';
import { interfaceFacts } from '../page/interface-facts.ts';
import { servePage } from '../page/server.ts';
import type { EventView, GroupView } from '../page/state.ts';
import { observeRecords } from '../page/trace/record-tap.ts';
import { ReadingTracer } from '../page/trace/tracer.ts';
import type { Listener } from '../tcp.ts';
import { UsageError } from './config.ts';
import { questionView } from './consents.ts';
import type { Log } from './log.ts';

export interface PageOptions {
  /** '' for no page. */
  readonly port: string;
  /** Of the program's state: the file goes there. */
  readonly folder: string;
  /** Who shows itself. */
  readonly own: 'server' | 'gateway';
  readonly log: Log;
}

type Facts = Parameters<Log>[1];

export class ProgramPage {
  readonly tracer = new ReadingTracer();
  /** Says what it is told in the log, and on the page. */
  readonly log: Log;
  readonly feed: PageFeed | undefined;
  private readonly options: PageOptions;
  /** The working directory may become another one. */
  private readonly folder: string;
  private readonly counts = new Map<string, { received: number; refused: number }>();
  private listener: Listener | undefined;

  constructor(options: PageOptions) {
    this.options = options;
    this.folder = resolve(options.folder);
    const { port, own, log } = options;
    if (port !== '') this.feed = new PageFeed(own === 'server' ? 'CPNS Server' : 'PN GW', Date.now);
    this.feed?.add(own, own, 'Node');
    if (own === 'gateway') this.feed?.add('server', 'server', 'beyond CPNS-2');
    this.log = (event, facts = {}) => {
      log(event, facts);
      this.note(event, facts);
    };
  }

  /** What the program computes with: on a server that has a page its records are observed. */
  observed(provider: CryptoProvider): CryptoProvider {
    return this.feed === undefined ? provider : observeRecords(provider, this.tracer.server);
  }

  /** These devices, or gateways, are on the list. */
  list(kind: 'pne' | 'gateway', ids: readonly string[]): void {
    const { feed } = this;
    if (feed === undefined) return;
    const { own } = this.options;
    const shown = feed.state.entities.filter((each) => each.kind === kind && each.id !== own);
    for (const { id, code } of shown) if (!ids.includes(id) && code === undefined) this.drop(id);
    for (const id of ids) if (!feed.has(id)) feed.add(id, kind, '');
  }

  /** Whether the devices that are listed have what they need. */
  granted(isGranted: (id: string) => boolean): void {
    for (const { id, kind, status } of this.feed?.state.entities ?? []) {
      if (kind !== 'pne') continue;
      if (!isGranted(id)) this.feed?.figures(id, { status: 'revoked' });
      else if (status === 'revoked') this.feed?.figures(id, { status: 'waiting' });
    }
  }

  agreed(agreement: Agreement): void {
    const { name, pne, gateway, entity, ...facts } = interfaceFacts(agreement);
    const other = pne ?? gateway ?? entity ?? '';
    const from = name === 'CPNS-2' && this.options.own === 'gateway' ? 'gateway' : other;
    if (name === 'CPNS-5' && !this.feed?.has(from)) this.feed?.add(from, 'entity', 'external entity');
    this.feed?.code(from, undefined);
    this.feed?.agreed({ name, from, to: name === 'CPNS-1' ? 'gateway' : 'server', ...facts });
  }

  reading(pne: string, reading: Reading): void {
    if (this.feed === undefined) return;
    this.tracer.reading(pne, reading);
    this.feed.reading(pne, reading.value, reading.id);
    this.count(pne, 'received');
  }

  groups(groups: () => readonly GroupView[]): void {
    this.feed?.setGroups(groups());
  }

  questions(waiting: HeldConsents['waiting']): void {
    this.feed?.setQuestions(waiting.map(questionView));
  }

  /** Shows what there is from now on. */
  async serve(actions: PageActions): Promise<void> {
    const { feed, options } = this;
    if (feed === undefined) return;
    const { buildPage } = await import('../page/bundle.ts');
    const [files, token, port] = [await buildPage(), newPageToken(), Number(options.port)];
    this.listener = await servePage({ feed, files, token, actions, port }).catch((error) => {
      throw error.code === 'EADDRINUSE'
        ? new UsageError(`port ${port} is taken: give --page another`)
        : error;
    });
    const address = `http://127.0.0.1:${port}/`;
    rmSync(this.file, { force: true });
    writeFileSync(this.file, `${address}#token=${token}\n`, { mode: 0o600, flag: 'wx' });
    options.log('page', { address, token: `in ${this.file}` });
  }

  async close(): Promise<void> {
    if (this.listener === undefined) return;
    rmSync(this.file, { force: true });
    await this.listener.close();
  }

  /** It is gone, and so is what is known of it. */
  drop(id: string): void {
    this.feed?.remove(id);
    this.tracer.forget(id);
    this.counts.delete(id);
  }

  private get file(): string {
    return join(this.folder, 'page-address');
  }

  private count(id: string, what: 'received' | 'refused'): void {
    const counts = this.counts.get(id) ?? { received: 0, refused: 0 };
    counts[what] += 1;
    this.counts.set(id, counts);
    this.feed?.figures(id, counts);
  }

  private note(event: string, facts: NonNullable<Facts>): void {
    const { pne, gateway, ...rest } = facts;
    const entity = pne ?? gateway;
    const id = entity === undefined ? this.options.own : String(entity);
    if (event === 'refused' && this.feed?.has(id)) this.count(id, 'refused');
    const said = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
    this.feed?.event(kindOf(event), id, [event, ...said].join(', '));
  }
}

const KINDS: Readonly<Record<string, EventView['kind']>> = Object.freeze({
  agreed: 'agreed',
  group: 'group',
  'group-key': 'group',
  joined: 'pairing',
  admitted: 'pairing',
  'passkey-wanted': 'pairing',
  devices: 'admin',
  gateways: 'admin',
  revoked: 'admin',
  withdrawn: 'admin',
});

function kindOf(event: string): EventView['kind'] {
  if (event.endsWith('refused')) return 'refused';
  if (/failed|away|unreachable|bluetooth$/.test(event)) return 'problem';
  return KINDS[event] ?? 'note';
}
