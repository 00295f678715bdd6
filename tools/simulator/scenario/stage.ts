// SPDX-License-Identifier: Apache-2.0

/**
 * Where a scenario is played: the server and gateways as `pne-runtime` runs them, administered as by `pne-runtime
 * admin`, each with a folder of its own, and PNEs on boards. What the programs say of themselves is kept.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNodeProvider } from '../../../src/node/crypto/provider.ts';
import { openIdentity } from '../../../src/node/identity.ts';
import { observeRecords, type RecordObserver } from '../../../src/node/page/trace/record-tap.ts';
import { ADMIN_OPTIONS, administer } from '../../../src/node/programs/admin.ts';
import { readConfig } from '../../../src/node/programs/config.ts';
import { GATEWAY_OPTIONS, startGatewayProgram } from '../../../src/node/programs/gateway.ts';
import { createMetrics } from '../../../src/node/programs/metrics.ts';
import type { Program, ProgramContext } from '../../../src/node/programs/program.ts';
import { SERVER_OPTIONS, startServerProgram } from '../../../src/node/programs/server.ts';
import { decodeProvisioning } from '../../../src/roles/provisioning.ts';
import type { Board } from '../board.ts';
import { Arrivals } from './arrivals.ts';
import { Passage } from './passage.ts';
import { StagePne } from './stage-pne.ts';
import { StoryFailed, StoryStopped } from './story.ts';

export const SERVER = 'server';

/** What is waited for comes in this time, unless it does not come at all. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 10;

/** One event of a program's log. */
export interface Said {
  readonly event: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** What a program is to say. */
export interface Awaited {
  readonly at: string;
  readonly event: string;
  /** Among others. */
  readonly facts?: Said['facts'];
}

export interface StageOptions {
  /** With nothing in it. */
  readonly folder: string;
  /** What PNEs run on. */
  readonly board: Board;
  /** How many a scenario is to have. */
  readonly pneCount: number;
  /** Between two readings of a PNE. */
  readonly intervalMs: number;
  /** The port of the server's page; undefined for none. */
  readonly page: number | undefined;
  /** Its address, once it is there. */
  readonly onPage?: (url: string) => void;
  readonly stop: AbortSignal;
}

export class Stage {
  readonly provider = createNodeProvider();
  readonly arrivals: Arrivals;
  /** By name, in the order in which they came. */
  readonly pnes = new Map<string, StagePne>();
  /** What is waited for, in words. */
  awaited: string | undefined;
  /** Between gateways and server, once that has been started. */
  backbone!: Passage;
  protected patienceMs = PATIENCE_MS;
  private readonly options: StageOptions;
  /** In the order in which they were started. */
  private readonly programs = new Map<string, Program>();
  private readonly said = new Map<string, Said[]>();
  private readonly observers = new Map<string, RecordObserver>();
  private broken: Error | undefined;

  constructor(options: StageOptions) {
    this.options = options;
    this.arrivals = new Arrivals(this.path('readings'));
  }

  get board(): Board {
    return this.options.board;
  }

  /** Has somebody see the records of a program that is to be started. */
  observe(program: string, observer: RecordObserver): void {
    this.observers.set(program, observer);
  }

  /** `pne-1` and so on, as many as the scenario is to have. */
  get pneIds(): string[] {
    return Array.from({ length: this.options.pneCount }, (_, index) => `pne-${index + 1}`);
  }

  path(...names: string[]): string {
    return join(this.options.folder, ...names);
  }

  async startServer(): Promise<void> {
    const { intervalMs, page, onPage } = this.options;
    const args = [
      ...['--state', this.path(SERVER), '--listen', '127.0.0.1:0', '--output', this.path('readings')],
      ...['--interval', String(intervalMs), ...(page === undefined ? [] : ['--page', String(page)])],
    ];
    const { values } = readConfig(SERVER_OPTIONS, args, {});
    this.programs.set(SERVER, await startServerProgram(values, this.contextOf(SERVER)));
    this.backbone = await Passage.open([this.portOf(SERVER)]);
    if (page !== undefined) onPage?.(readFileSync(this.path(SERVER, 'page-address'), 'utf8').trim());
  }

  /** Makes the gateway known to the server, and resolves once it has its link to that. `options` are the program's. */
  async startGateway(name: string, ...options: string[]): Promise<void> {
    mkdirSync(this.path(name), { mode: 0o700 });
    const { credential } = openIdentity(this.provider, this.path(name, 'identity'), name);
    writeFileSync(this.credentialPath(name), credential.cred);
    // One that comes before it is known is refused, and tries again later.
    await this.whenDone(
      () => this.admin(SERVER, 'add-gateway', this.credentialPath(name)),
      [{ at: SERVER, event: 'gateways' }],
    );
    await this.runGateway(name, options);
  }

  /** Ends its program and starts it with these options: it knows what was stored meanwhile. */
  async restartGateway(name: string, ...options: string[]): Promise<void> {
    await this.programs.get(name)!.close();
    await this.runGateway(name, options);
  }

  /** Does what `pne-runtime admin` does at that program. Returns what it says. */
  async admin(at: string, ...words: string[]): Promise<string[]> {
    const lines: string[] = [];
    const config = readConfig(ADMIN_OPTIONS, [...words, '--state', this.path(at)], {});
    await administer(config, this.provider, (line) => void lines.push(line));
    return lines;
  }

  /** Starts a PNE that is provisioned for the first of these gateways and enrolled at all, in reach of all. */
  async startPne(id: string, gateways: readonly string[]): Promise<StagePne> {
    const pne = await StagePne.start({
      ...{ id, board: this.board, folder: this.path(id) },
      gatewayPorts: gateways.map((name) => this.portOf(name)),
      provision: (gatewayPort) => this.enrol(id, gateways, gatewayPort),
      onExit: (problem) => this.break(new StoryFailed(`${id} ended: ${problem}`)),
    });
    this.pnes.set(id, pne);
    return pne;
  }

  /**
   * Resolves once these have registered. One that came before a program knew what it was granted is turned away, and
   * would try again much later: it is switched off and on.
   */
  async comeIn(...ids: readonly string[]): Promise<void> {
    const turnedAway = () =>
      [...this.programs.keys()].reduce(
        (sum, at) => sum + this.count(at, 'refused', { reason: 'notAuthorized' }),
        0,
      );
    let known = 0;
    const isThere = (pne: string) => this.count(SERVER, 'registered', { pne }) > 0;
    for (const id of ids)
      while (!isThere(id)) {
        await this.until(() => isThere(id) || turnedAway() > known, `${id} at the server`);
        if (isThere(id)) break;
        known = turnedAway();
        await this.pnes.get(id)!.startAgain();
      }
  }

  credentialPath(name: string): string {
    return this.path(name, 'credential');
  }

  portOf(name: string): number {
    return this.programs.get(name)!.port;
  }

  /** How often a program has said this, with these facts among others. */
  count(program: string, event: string, facts: Said['facts'] = {}): number {
    return this.eventsOf(program, event, facts).length;
  }

  /** The same, with all facts of each. */
  eventsOf(program: string, event: string, facts: Said['facts'] = {}): readonly Said[] {
    const isThat = (said: Said) =>
      said.event === event && Object.entries(facts).every(([name, fact]) => said.facts[name] === fact);
    return (this.said.get(program) ?? []).filter(isThat);
  }

  says(program: string, event: string, facts: Said['facts'] = {}, times = 1): Promise<void> {
    const what = [event, ...Object.entries(facts).map(([name, fact]) => `${name}=${fact}`)].join(' ');
    const wanted = `'${what}' of ${program}${times > 1 ? `, ${times} times` : ''}`;
    return this.until(() => this.count(program, event, facts) >= times, wanted);
  }

  /** Does something, and waits until each of these was said once more than before. */
  async whenDone(work: () => unknown, events: readonly Awaited[]): Promise<void> {
    const due = events.map(({ at, event, facts }) => this.count(at, event, facts) + 1);
    await work();
    for (const [index, { at, event, facts }] of events.entries())
      await this.says(at, event, facts, due[index]!);
  }

  /** Rejects with StoryFailed where it does not come, and with StoryStopped where the run is ended. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const { stop } = this.options;
    const { patienceMs } = this;
    const end = performance.now() + patienceMs;
    this.awaited = what;
    while (!holds()) {
      if (this.broken !== undefined) throw this.broken;
      if (stop.aborted) throw new StoryStopped();
      if (performance.now() > end) throw new StoryFailed(`did not come in ${patienceMs / 1000} s: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    this.awaited = undefined;
  }

  /** PNEs first: a board does not outlive its host. */
  async close(): Promise<void> {
    await Promise.all([...this.pnes.values()].map((pne) => pne.stop()));
    for (const program of [...this.programs.values()].reverse()) await program.close();
    await this.backbone?.close();
  }

  /** What a program is given besides its options. */
  protected contextOf(name: string): ProgramContext {
    const said = this.said.get(name) ?? [];
    this.said.set(name, said);
    const metrics = createMetrics((event, facts = {}) => void said.push({ event, facts }));
    const onBroken = (error: Error) => this.break(error);
    const observer = this.observers.get(name);
    const provider = observer === undefined ? this.provider : observeRecords(this.provider, observer);
    return { provider, metrics, log: metrics.log, onBroken, onFailed: onBroken };
  }

  private async runGateway(name: string, options: readonly string[]): Promise<void> {
    const args = [
      ...['--state', this.path(name), '--name', name, '--listen', '127.0.0.1:0'],
      ...['--server', `ws://127.0.0.1:${this.backbone.port}`],
      ...['--server-credential', this.credentialPath(SERVER), ...options],
    ];
    const { values } = readConfig(GATEWAY_OPTIONS, args, {});
    await this.whenDone(
      async () => this.programs.set(name, await startGatewayProgram(values, this.contextOf(name))),
      [{ at: name, event: 'server-there' }],
    );
  }

  private async enrol(id: string, gateways: readonly string[], port: number) {
    const file = this.path(`${id}.provisioning`);
    const [first = ''] = gateways;
    const credentials = [
      ...['--gateway-credential', this.credentialPath(first)],
      ...['--server-credential', this.credentialPath(SERVER)],
    ];
    await this.admin('', 'provision', id, ...credentials, '--gateway', `127.0.0.1:${port}`, '--output', file);
    // One that comes before it is known is turned away, and tries again much later.
    const add = (at: string) => this.whenDone(() => this.admin(at, 'add', file), [{ at, event: 'devices' }]);
    await Promise.all([SERVER, ...gateways].map(add));
    return decodeProvisioning(Uint8Array.from(readFileSync(file)));
  }

  private break(error: Error): void {
    this.broken ??= error;
  }
}
