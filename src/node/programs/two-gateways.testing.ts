// SPDX-License-Identifier: Apache-2.0

/** Test code: a server and two gateways as programs, and a PNE of this process that comes by whichever takes it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Credential, ccsCredential, createCredentialStore } from '../../handshake/credential.ts';
import { compactPayloads } from '../../payload/compact.ts';
import { staticDhInterface } from '../../roles/interface.ts';
import { createPne, type Pne } from '../../roles/pne.ts';
import { createPneKeys } from '../../roles/pne-keys.ts';
import { type PneServices, withServices } from '../../roles/pne-services.ts';
import { switchNetwork } from '../../roles/service-wishes.ts';
import { createMemoryMedium } from '../../store/medium.testing.ts';
import { openSealedStore } from '../../store/sealed-store.ts';
import { newIdentity, openIdentity } from '../identity.ts';
import { until } from '../listener.testing.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { connectTcp } from '../tcp.ts';
import { after } from '../timer.ts';
import { ADMIN_OPTIONS, administer } from './admin.ts';
import { readConfig } from './config.ts';
import { type Said, testContext } from './deployment.testing.ts';
import { GATEWAY_OPTIONS, startGatewayProgram } from './gateway.ts';
import type { Program } from './program.ts';
import { SERVER_OPTIONS, startServerProgram } from './server.ts';

const GATEWAYS = Object.freeze(['gateway-1', 'gateway-2']);
export const PNE = 'pne-1';
const RETRY_MS = 20;

export class TwoGateways {
  readonly folder = scratchFolder();
  readonly said: Record<string, Said[]> = { server: [], 'gateway-1': [], 'gateway-2': [] };
  readonly programs = new Map<string, Program>();
  readonly ports = new Map<string, number>();
  readonly context = testContext();
  readonly identity = newIdentity(this.context.provider, PNE);
  pne!: Pne;
  services!: PneServices;
  /** Readings that the server has, as it says. */
  accepted = 0;
  isClosed = false;

  /** Gateways that the PNE knows from the start. */
  static async start(known = GATEWAYS): Promise<TwoGateways> {
    const network = new TwoGateways();
    writeFileSync(join(network.folder, PNE), network.identity.credential.cred);
    await network.startServer();
    await network.admin('server', 'add', join(network.folder, PNE));
    for (const name of GATEWAYS) {
      mkdirSync(join(network.folder, name));
      const file = join(network.folder, `${name}.credential`);
      writeFileSync(file, network.credential(name).cred);
      await network.admin('server', 'add-gateway', file);
    }
    await network.startGateway('gateway-1');
    await network.admin('server', 'group', 'create-pn', 'home', PNE);
    network.startPne(known);
    await network.says('server', 'registered');
    return network;
  }

  async startServer(): Promise<void> {
    const output = ['--output', join(this.folder, 'readings')];
    const args = ['--listen', '127.0.0.1:0', '--state', join(this.folder, 'server'), ...output];
    const context = testContext(this.said.server, this.context.provider);
    const server = await startServerProgram(readConfig(SERVER_OPTIONS, args, {}).values, context);
    this.programs.set('server', server);
  }

  async startGateway(name: string): Promise<void> {
    const args = [
      ...['--listen', '127.0.0.1:0', '--state', join(this.folder, name), '--name', name],
      ...['--server', `ws://127.0.0.1:${this.programs.get('server')!.port}`],
      ...['--server-credential', join(this.folder, 'server/credential')],
    ];
    const context = testContext(this.said[name], this.context.provider);
    const gateway = await startGatewayProgram(readConfig(GATEWAY_OPTIONS, args, {}).values, context);
    this.programs.set(name, gateway);
    this.ports.set(name, gateway.port);
    await this.admin(name, 'add', join(this.folder, PNE));
    await this.says(name, 'server-there');
  }

  async admin(state: string, ...args: string[]): Promise<string[]> {
    const lines: string[] = [];
    const config = readConfig(ADMIN_OPTIONS, [...args, '--state', join(this.folder, state)], {});
    await administer(config, this.context.provider, (line) => void lines.push(line));
    return lines;
  }

  says(program: string, event: string, times = 1): Promise<void> {
    const count = () => this.said[program]!.filter((each) => each.event === event).length;
    return until(() => count() >= times, `${event} of ${program}: ${JSON.stringify(this.said[program])}`);
  }

  /** How often the PNE and a gateway have agreed. */
  agreements(gateway: string): number {
    return this.said[gateway]!.filter(({ event, facts }) => event === 'agreed' && facts.pne === PNE).length;
  }

  credential(name: string): Credential {
    return openIdentity(this.context.provider, join(this.folder, name, 'identity'), name).credential;
  }

  /**
   * It has the credentials of these gateways, and of those that the server tells it of, and comes by whichever is next
   * when its link has ended.
   */
  private startPne(names: readonly string[]): void {
    const { provider } = this.context;
    const gateways = new Map(names.map((name) => [name, this.credential(name)]));
    const store = openSealedStore(provider, provider.secret(new Uint8Array(32)), createMemoryMedium());
    const ignore = () => undefined;
    const own = { provider, store, onContent: ignore, onGroup: ignore, onWithheld: ignore };
    const keys = withServices(createPneKeys(own), ({ gateway, credential }) => {
      if (gateway !== undefined) gateways.set(gateway, ccsCredential(credential));
    });
    this.services = keys;
    const peers = {
      candidates: (id: Uint8Array) => createCredentialStore([...gateways.values()]).candidates(id),
    };
    this.pne = createPne({
      pneId: PNE,
      keys,
      hop: { ...staticDhInterface('pne', 'CPNS-1', provider, this.identity, []), peers },
      endToEnd: staticDhInterface('pne', 'CPNS-3', provider, this.identity, [this.credential('server')]),
      ...{ after, payloads: compactPayloads, boots: { epoch: undefined, write(): void {} } },
      onAgreed(): void {},
      onContent(): void {},
      onReceipt: (_handle, outcome) => void (outcome === 'accepted' && this.accepted++),
      onRefused(): void {},
    });
    this.roam(0);
  }

  private roam(turn: number): void {
    if (this.isClosed) return;
    const next = () => void after(RETRY_MS, () => this.roam(turn + 1));
    const ports = [...this.ports.values()];
    connectTcp(ports[turn % ports.length]!, (link) => {
      const { onMessage, onClosed } = this.pne.attach(link);
      return {
        onMessage,
        onClosed(): void {
          onClosed();
          next();
        },
      };
    }).catch(next);
  }

  /** The status with which the server answers the PNE's wish that its PN moves. */
  asksFor(gateway: string): Promise<number | undefined> {
    return new Promise((resolve) =>
      this.services.ask(switchNetwork(1, gateway), (answer) => resolve(answer?.status)),
    );
  }

  /** What the server has written of the PNE's readings. */
  readings(): unknown[] {
    const lines = readFileSync(join(this.folder, 'readings'), 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line).value);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const program of [...this.programs.values()].reverse()) await program.close();
  }
}

export async function withTwoGateways(
  work: (network: TwoGateways) => Promise<void>,
  known?: readonly string[],
): Promise<void> {
  const network = await TwoGateways.start(known);
  try {
    await work(network);
  } finally {
    await network.close();
  }
}
