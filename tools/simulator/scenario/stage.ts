// SPDX-License-Identifier: Apache-2.0

/**
 * Where a scenario is played: the server and gateways as `pne-runtime` runs them, administered as by `pne-runtime admin`, each
 * with a folder of its own, and PNEs on boards. What the programs say of themselves is kept.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Credential, ccsCredential } from '../../../src/handshake/credential.ts';
import { createNodeProvider } from '../../../src/node/crypto/provider.ts';
import { ADMIN_OPTIONS, administer } from '../../../src/node/programs/admin.ts';
import { readConfig } from '../../../src/node/programs/config.ts';
import { GATEWAY_OPTIONS, startGatewayProgram } from '../../../src/node/programs/gateway.ts';
import { createMetrics } from '../../../src/node/programs/metrics.ts';
import type { Program, ProgramContext } from '../../../src/node/programs/program.ts';
import { SERVER_OPTIONS, startServerProgram } from '../../../src/node/programs/server.ts';
import { decodeProvisioning } from '../../../src/roles/provisioning.ts';
import { withRecords } from '../../../src/session/records.ts';
import type { Board } from '../board.ts';
import { Arrivals } from './arrivals.ts';
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
  readonly provider = withRecords(createNodeProvider());
  readonly arrivals: Arrivals;
  /** By name, in the order in which they came. */
  readonly pnes = new Map<string, StagePne>();
  /** What is waited for, in words. */
  awaited: string | undefined;
  protected patienceMs = PATIENCE_MS;
  private readonly options: StageOptions;
  /** Those that run. */
  private readonly programs = new Map<string, Program>();
  private readonly ports = new Map<string, number>();
  private readonly said = new Map<string, Said[]>();
  private broken: Error | undefined;

  constructor(options: StageOptions) {
    this.options = options;
    this.arrivals = new Arrivals(this.path('readings'));
  }

  get board(): Board {
    return this.options.board;
  }

  /** `pne-1` and so on, as many as the scenario is to have. */
  get pneIds(): string[] {
    return Array.from({ length: this.options.pneCount }, (_, index) => `pne-${index + 1}`);
  }

  path(...names: string[]): string {
    return join(this.options.folder, ...names);
  }

  /** Also one that has been stopped: it comes back at the same port. */
  async startServer(): Promise<void> {
    const { intervalMs, page, onPage } = this.options;
    const port = this.ports.get(SERVER) ?? 0;
    const args = [
      ...['--state', this.path(SERVER), '--listen', `127.0.0.1:${port}`, '--output', this.path('readings')],
      ...['--interval', String(intervalMs), ...(page === undefined ? [] : ['--page', String(page)])],
    ];
    const { values } = readConfig(SERVER_OPTIONS, args, {});
    this.started(SERVER, await startServerProgram(values, this.contextOf(SERVER)));
    if (page !== undefined) onPage?.(readFileSync(this.path(SERVER, 'page-address'), 'utf8').trim());
  }

  /** Makes the gateway known to the server, and waits until each has the other. `options` are the program's. */
  async startGateway(name: string, ...options: string[]): Promise<void> {
    mkdirSync(this.path(name), { recursive: true });
    const args = [
      ...['--state', this.path(name), '--name', name, '--listen', '127.0.0.1:0', '--server', this.serverUrl],
      ...['--server-credential', this.credentialPath(SERVER), ...options],
    ];
    const { values } = readConfig(GATEWAY_OPTIONS, args, {});
    this.started(name, await startGatewayProgram(values, this.contextOf(name)));
    await this.admin(SERVER, 'add-gateway', this.credentialPath(name));
    await this.says(name, 'server-there');
  }

  /** Ends a program in order, and it is away. */
  async stopProgram(name: string): Promise<void> {
    const program = this.programs.get(name);
    this.programs.delete(name);
    await program?.close();
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

  get serverUrl(): string {
    return `ws://127.0.0.1:${this.portOf(SERVER)}`;
  }

  credentialPath(name: string): string {
    return this.path(name, 'credential');
  }

  credentialOf(name: string): Credential {
    return ccsCredential(Uint8Array.from(readFileSync(this.credentialPath(name))));
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
    for (const name of [...this.programs.keys()].reverse()) await this.stopProgram(name);
  }

  /** What a program is given besides its options. */
  protected contextOf(name: string): ProgramContext {
    const said = this.said.get(name) ?? [];
    this.said.set(name, said);
    const metrics = createMetrics((event, facts = {}) => void said.push({ event, facts }));
    const onBroken = (error: Error) => this.break(error);
    return { provider: this.provider, metrics, log: metrics.log, onBroken, onFailed: onBroken };
  }

  protected portOf(name: string): number {
    return this.ports.get(name)!;
  }

  private started(name: string, program: Program): void {
    this.programs.set(name, program);
    this.ports.set(name, program.port);
  }

  private async enrol(id: string, gateways: readonly string[], port: number) {
    const file = this.path(`${id}.provisioning`);
    const [first = ''] = gateways;
    const credentials = [
      ...['--gateway-credential', this.credentialPath(first)],
      ...['--server-credential', this.credentialPath(SERVER)],
    ];
    await this.admin('', 'provision', id, ...credentials, '--gateway', `127.0.0.1:${port}`, '--output', file);
    for (const at of [SERVER, ...gateways]) {
      const due = this.count(at, 'devices') + 1;
      await this.admin(at, 'add', file);
      // One that comes before it is known is turned away, and tries again much later.
      await this.says(at, 'devices', {}, due);
    }
    return decodeProvisioning(Uint8Array.from(readFileSync(file)));
  }

  private break(error: Error): void {
    this.broken ??= error;
  }
}
