// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: a server program in this process, with a PN GW and PNEs of this process, and external entities that it
 * knows. What passes between them is what passes between programs.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DEFAULT_PN, lastingMembership } from '../../authorization/membership.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import { createCredentialStore } from '../../handshake/credential.ts';
import type { After } from '../../link/timer.ts';
import { compactPayloads } from '../../payload/compact.ts';
import { staticDhInterface } from '../../roles/interface.ts';
import { createPne, type Pne } from '../../roles/pne.ts';
import { createPneKeys } from '../../roles/pne-keys.ts';
import { type PneServices, withServices } from '../../roles/pne-services.ts';
import { createMemoryMedium } from '../../store/medium.testing.ts';
import { openSealedStore } from '../../store/sealed-store.ts';
import { createNodeProvider } from '../crypto/provider.ts';
import { type NewIdentity, newIdentity, openIdentity } from '../identity.ts';
import { linkPair } from '../link-pair.ts';
import { until } from '../listener.testing.ts';
import { type PnGateway, startPnGateway } from '../pn-gateway.ts';
import { scratchFolder } from '../scratch.testing.ts';
import type { KeyValueStore } from '../store/store.ts';
import { after as nodeAfter } from '../timer.ts';
import { ADMIN_OPTIONS, administer } from './admin.ts';
import { readConfig } from './config.ts';
import { createMetrics } from './metrics.ts';
import type { Program, ProgramContext } from './program.ts';
import { SERVER_OPTIONS, startServerProgram } from './server.ts';

const RECONNECT_MS = 200;
/** A PNE finds out after some twenty seconds that its server has lost its keys. */
const FASTER = 20;

const after: After = (milliseconds, callback) => nodeAfter(milliseconds / FASTER, callback);

export interface Said {
  readonly event: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

export interface TestPne {
  readonly pneId: string;
  readonly contents: unknown[];
  /** Numbers of readings that the server has. */
  readonly accepted: number[];
  /** Its keys, and what it asks for, in a deployment with groups. */
  readonly services: PneServices | undefined;
  /** Refuses where there is no room. */
  report(value: unknown): void;
  stop(): void;
}

/** What a program says is kept in `said`. */
export function testContext(said: Said[] = [], provider = createNodeProvider()): ProgramContext {
  const metrics = createMetrics((event, facts = {}) => void said.push({ event, facts }));
  return {
    ...{ provider, metrics, log: metrics.log },
    onBroken: (error) => {
      throw error;
    },
    onFailed: (error) => {
      throw error;
    },
  };
}

export class Deployment {
  readonly folder = scratchFolder();
  readonly said: Said[] = [];
  readonly pnes: TestPne[] = [];
  private readonly provider = createNodeProvider();
  private readonly identities: readonly NewIdentity[];
  private readonly gatewayIdentity: NewIdentity;
  private server: Program | undefined;
  private port = 0;
  private scheme = 'ws';
  private gateway: PnGateway | undefined;

  private readonly hasGroups: boolean;

  private constructor(names: readonly string[], hasGroups: boolean) {
    this.hasGroups = hasGroups;
    this.identities = names.map((name) => newIdentity(this.provider, name));
    this.gatewayIdentity = newIdentity(this.provider, 'gateway');
  }

  /** `options` are the server's. */
  static start(names: readonly string[], ...options: string[]): Promise<Deployment> {
    return Deployment.begin(new Deployment(names, false), names, options);
  }

  /** PNEs have keys, and ask for groups. */
  static startWithGroups(names: readonly string[], ...options: string[]): Promise<Deployment> {
    return Deployment.begin(new Deployment(names, true), names, options);
  }

  private static async begin(
    deployment: Deployment,
    names: readonly string[],
    options: readonly string[],
  ): Promise<Deployment> {
    await deployment.startServer(...options);
    const { folder, identities, gatewayIdentity } = deployment;
    for (const { credential } of [...identities, gatewayIdentity])
      writeFileSync(join(folder, encodeURIComponent(credential.subject!)), credential.cred);
    await deployment.admin('add-gateway', join(folder, 'gateway'));
    for (const name of names) await deployment.admin('add', join(folder, encodeURIComponent(name)));
    deployment.connect();
    await deployment.says('registered', names.length);
    return deployment;
  }

  get serverUrl(): string {
    return `${this.scheme}://127.0.0.1:${this.port}`;
  }

  /** What an external entity needs to know of the server. */
  get serverCredentialPath(): string {
    return join(this.folder, 'server/credential');
  }

  startServer(...options: string[]): Promise<void> {
    return this.startServerOn(undefined, ...options);
  }

  /** `store` in place of the one in its folder. */
  async startServerOn(store: KeyValueStore | undefined, ...options: string[]): Promise<void> {
    const args = ['--listen', `127.0.0.1:${this.port}`, '--state', join(this.folder, 'server'), ...options];
    if (options.includes('--tls-cert')) this.scheme = 'wss';
    const { values } = readConfig(SERVER_OPTIONS, args, {});
    const context = testContext(this.said, this.provider);
    this.server = await startServerProgram(values, { ...context, ...(store !== undefined && { store }) });
    this.port = this.server.port;
  }

  async stopServer(): Promise<void> {
    await this.server?.close();
    this.server = undefined;
  }

  /** Returns what it says on standard output. */
  async admin(...args: string[]): Promise<string[]> {
    const lines: string[] = [];
    const all = [...args, '--state', join(this.folder, 'server')];
    await administer(readConfig(ADMIN_OPTIONS, all, {}), this.provider, (line) => void lines.push(line));
    return lines;
  }

  /** Each of these is refused, and says so. */
  async assertRefused(wrong: readonly (readonly [readonly string[], RegExp])[]): Promise<void> {
    for (const [args, message] of wrong) {
      try {
        await this.admin(...args);
        assert.unreachable(args.join(' '));
      } catch (error) {
        assert.match((error as Error).message, message);
      }
    }
  }

  /** Makes an entity's folder, adds it, and returns the folder. */
  async addEntity(name: string, ...rights: string[]): Promise<string> {
    const folder = join(this.folder, name);
    mkdirSync(folder, { mode: 0o700 });
    const { credential } = openIdentity(this.provider, join(folder, 'identity'), name);
    writeFileSync(join(folder, 'credential'), credential.cred);
    await this.admin('add-entity', join(folder, 'credential'), ...rights);
    const isKnown = () => this.said.some(({ event }) => event === 'entities');
    await until(isKnown, `${name} is known`);
    return folder;
  }

  says(event: string, times = 1): Promise<void> {
    const count = () => this.said.filter((each) => each.event === event).length;
    return until(() => count() >= times, `${event}, ${times} times, of ${JSON.stringify(this.said)}`);
  }

  async close(): Promise<void> {
    for (const pne of this.pnes) pne.stop();
    this.gateway?.close();
    await this.stopServer();
  }

  private connect(): void {
    const peers = createCredentialStore(this.identities.map(({ credential }) => credential));
    const serverCredential = openIdentity(this.provider, join(this.folder, 'server/identity'), '').credential;
    const gateway = startPnGateway({
      ...{ provider: this.provider, identity: this.gatewayIdentity, peers, serverCredential },
      server: this.serverUrl,
      grants: lastingMembership(this.identities.map(({ credential }) => credential.subject!)),
      pn: DEFAULT_PN,
      after,
      onAgreed(): void {},
      onRefused(): void {},
      onServerLink(): void {},
      onServerUnreachable(): void {},
      onServerRefused(): void {},
      withdraw: async () => undefined,
      admit: async () => undefined,
      revoke: async () => undefined,
    });
    this.gateway = gateway;
    for (const identity of this.identities) {
      const hop = staticDhInterface('pne', 'CPNS-1', this.provider, identity, [
        this.gatewayIdentity.credential,
      ]);
      const endToEnd = staticDhInterface('pne', 'CPNS-3', this.provider, identity, [serverCredential]);
      const services = this.hasGroups ? newServices(this.provider) : undefined;
      this.pnes.push(startPne(identity.credential.subject!, hop, endToEnd, gateway, services));
    }
  }
}

function newServices(provider: CryptoProvider): PneServices {
  const root = provider.secret(new Uint8Array(32).fill(1));
  const store = openSealedStore(provider, root, createMemoryMedium());
  const ignore = () => undefined;
  return withServices(
    createPneKeys({ provider, store, onContent: ignore, onGroup: ignore, onWithheld: ignore }),
  );
}

type Interfaces = Parameters<typeof createPne>[0];

function startPne(
  pneId: string,
  hop: Interfaces['hop'],
  endToEnd: Interfaces['endToEnd'],
  gateway: PnGateway,
  services: PneServices | undefined,
): TestPne {
  const contents: unknown[] = [];
  const accepted: number[] = [];
  let isStopped = false;
  const pne: Pne = createPne({
    ...{ pneId, hop, endToEnd, after, payloads: compactPayloads },
    boots: { epoch: undefined, write(): void {} },
    ...(services !== undefined && { keys: services }),
    onAgreed(): void {},
    onContent: (value) => void contents.push(value),
    onReceipt: (handle, outcome) => void (outcome === 'accepted' && accepted.push(handle)),
    onRefused(): void {},
  });
  const connect = () => {
    if (isStopped) return;
    const [near, far] = linkPair(() => void after(RECONNECT_MS, connect));
    far.join(gateway.attachPne(far.link));
    near.join(pne.attach(near.link));
  };
  connect();
  return {
    ...{ pneId, contents, accepted, services, report: (value) => void pne.report(value) },
    stop(): void {
      isStopped = true;
    },
  };
}
