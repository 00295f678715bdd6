// SPDX-License-Identifier: Apache-2.0

/** A server and two gateways as programs, a PN that moves between them by `admin switch`, and a PNE that reports. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Credential, ccsCredential, createCredentialStore } from '../../handshake/credential.ts';
import { compactPayloads } from '../../payload/compact.ts';
import { staticDhInterface } from '../../roles/interface.ts';
import { createPne, type Pne } from '../../roles/pne.ts';
import { createPneKeys } from '../../roles/pne-keys.ts';
import { type PneServices, withServices } from '../../roles/pne-services.ts';
import { switchNetwork } from '../../roles/service-wishes.ts';
import { Status } from '../../roles/status.ts';
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

const test = suite('switch');
const GATEWAYS = Object.freeze(['gateway-1', 'gateway-2']);
const PNE = 'pne-1';
const RETRY_MS = 20;
const REPORT_MS = 10;
const MOST_UNDER_WAY = 4;

class Network {
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
  static async start(known = GATEWAYS): Promise<Network> {
    const network = new Network();
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
   * It has the credentials of these gateways, and of those that the server tells it of, and comes by whichever is next when
   * its link has ended.
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

async function withNetwork(
  work: (network: Network) => Promise<void>,
  known?: readonly string[],
): Promise<void> {
  const network = await Network.start(known);
  try {
    await work(network);
  } finally {
    await network.close();
  }
}

test('a switch that nobody granted is refused, and the PN stays', () =>
  withNetwork(async (network) => {
    await network.startGateway('gateway-2');
    assert.equal(await network.admin('server', 'switch', '1', 'gateway-2'), [
      '1 goes to gateway-2, if the server finds a grant for that, as soon as it is there',
    ]);
    await network.says('server', 'switch-refused');
    const refused = network.said.server!.find(({ event }) => event === 'switch-refused');
    assert.equal(refused?.facts, { reason: 'notAuthorized', group: 1, gateway: 'gateway-2' });
    assert.is(network.agreements('gateway-2'), 0);
    assert.match((await network.admin('server', 'group', 'list'))[0]!, /^1 {2}PN home {2}epoch 1 /);
  }));

test('a PN waits for its new gateway, moves there and back, and no reading is lost or doubled', () =>
  withNetwork(async (network) => {
    const [first, second] = ['gateway-1', 'gateway-2'] as const;
    const sent: number[] = [];
    let isReporting = true;
    const report = () => {
      if (!isReporting) return;
      if (sent.length - network.accepted < MOST_UNDER_WAY) {
        network.pne.report(sent.length);
        sent.push(sent.length);
      }
      after(REPORT_MS, report);
    };
    report();
    await network.admin('server', 'grant-gateway', first, second, '--takes', '1');
    await network.admin('server', 'switch', '1', second);
    await until(() => sent.length > 10, 'readings while it waits');
    assert.is(network.agreements(first), 1);
    await network.startGateway(second);
    for (const [turn, gateway] of [second, first, second].entries()) {
      const agreed = turn === 0 ? 0 : network.agreements(gateway);
      if (turn > 0) await network.admin('server', 'switch', '1', gateway);
      await network.says('server', 'switched', turn + 1);
      await until(() => network.agreements(gateway) > agreed, `the PNE comes by ${gateway}`);
      const before = network.readings().length;
      await until(() => network.readings().length > before + 5, `readings by ${gateway}`);
    }
    assert.equal([network.agreements(first) >= 2, network.agreements(second) >= 2], [true, true]);
    assert.match(
      (await network.admin('server', 'group', 'list'))[0]!,
      /epoch 4 {2}owner pne-1 {2}at gateway-2 /,
    );
    isReporting = false;
    await until(() => network.readings().length >= sent.length, 'the last reading');
    assert.equal(
      [...network.readings()].sort((a, b) => Number(a) - Number(b)),
      sent,
    );
  }));

test('a PNE that knows one gateway follows its PN to another, of which the server tells it', () =>
  withNetwork(
    async (network) => {
      await network.startGateway('gateway-2');
      await network.admin('server', 'grant-gateway', 'gateway-2', '--takes', '1');
      await network.admin('server', 'switch', '1', 'gateway-2');
      await network.says('server', 'switched');
      await until(() => network.agreements('gateway-2') > 0, 'the PNE comes by gateway-2');
      network.pne.report('there');
      await until(() => network.readings().includes('there'), 'its reading');
    },
    ['gateway-1'],
  ));

test('a PN moves as the PNE that owns it asks, once its new gateway is there, by the grants of then', () =>
  withNetwork(async (network) => {
    const { ok, notAuthorized } = Status;
    const becomes = async (status: number, gateway: string) => {
      for (let tries = 0; tries < 100; tries++) {
        if ((await network.asksFor(gateway)) === status) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.unreachable(`never ${status}`);
    };
    assert.is(await network.asksFor('gateway-2'), notAuthorized);
    await network.admin('server', 'grant-gateway', 'gateway-2', '--takes', '1');
    await network.admin('server', 'grant', PNE, '--may', 'gateway-request:1');
    await becomes(ok, 'gateway-2');
    await network.admin('server', 'grant', PNE);
    await network.startGateway('gateway-2');
    await network.says('server', 'switch-refused');
    const by = { group: 1, gateway: 'gateway-2', by: 'pne', name: PNE };
    const refused = network.said.server!.find(({ event }) => event === 'switch-refused');
    assert.equal([refused?.facts, network.agreements('gateway-2')], [{ reason: 'notAuthorized', ...by }, 0]);
    await network.admin('server', 'grant', PNE, '--may', 'gateway-request:1');
    await becomes(ok, 'gateway-2');
    await network.says('server', 'switched');
    assert.equal(network.said.server!.find(({ event }) => event === 'switched')?.facts, by);
    await until(() => network.agreements('gateway-2') > 0, 'the PNE comes by gateway-2');
    network.pne.report('there');
    await until(() => network.readings().includes('there'), 'its reading');
  }));

test('who may take over is told by the list; what is asked wrongly says what is missing', () =>
  withNetwork(async (network) => {
    const failing: [RegExp, ...string[]][] = [
      [/2 is no PN/, 'switch', '2', 'gateway-2'],
      [/there is no PN 3/, 'switch', '3', 'gateway-2'],
      [/no gateway is called gateway-3/, 'switch', '1', 'gateway-3'],
      [/a PN is needed/, 'grant-gateway', 'gateway-2'],
      [/names of gateways/, 'grant-gateway', '--takes', '1'],
      [/no gateway is called x/, 'revoke-gateway', 'x'],
    ];
    for (const [what, ...words] of failing) {
      const error = await network.admin('server', ...words).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      assert.match(String(error?.message), what);
    }
    await network.admin('server', 'grant-gateway', 'gateway-2', '--takes', '1');
    assert.equal(await network.admin('server', 'list-gateways'), ['gateway-1', 'gateway-2 (has a grant)']);
    await network.admin('server', 'switch', '1', 'gateway-2');
    await network.admin('server', 'revoke-gateway', 'gateway-2');
    await network.says('server', 'switch-refused');
    assert.equal(await network.admin('server', 'switch', '1'), ['1 may be at any gateway']);
  }));

test.run();
