// SPDX-License-Identifier: Apache-2.0

/** From a user's code to the key of a device: a server, two gateways and devices that reach them by TCP. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Credential } from '../../handshake/credential.ts';
import { encodeProvisioning } from '../../roles/provisioning.ts';
import { type MemberDevice, startDevice } from '../device.ts';
import { openDeviceFolder } from '../device-folder.ts';
import { type NewIdentity, newIdentity, openIdentity } from '../identity.ts';
import { until } from '../listener.testing.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { ADMIN_OPTIONS, administer } from './admin.ts';
import { readConfig } from './config.ts';
import { type Said, testContext } from './deployment.testing.ts';
import { GATEWAY_OPTIONS, startGatewayProgram } from './gateway.ts';
import type { Program } from './program.ts';
import { SERVER_OPTIONS, startServerProgram } from './server.ts';

const test = suite('user keys of programs');
const DEVICES = Object.freeze(['pne-1', 'pne-2']);
const GATEWAYS = Object.freeze(['hall', 'attic']);

class Network {
  readonly folder = scratchFolder();
  readonly said: Record<string, Said[]> = { server: [], hall: [], attic: [] };
  readonly users: Record<string, string[]> = { 'pne-1': [], 'pne-2': [] };
  private readonly context = testContext();
  private readonly programs = new Map<string, Program>();
  private readonly devices: MemberDevice[] = [];
  readonly identities = DEVICES.map((id) => newIdentity(this.context.provider, id));

  static async start(): Promise<Network> {
    const network = new Network();
    const { folder, identities } = network;
    for (const { credential } of identities)
      writeFileSync(join(folder, credential.subject!), credential.cred);
    await network.startServer('127.0.0.1:0');
    for (const id of DEVICES) await network.admin('server', 'add', join(folder, id));
    for (const name of GATEWAYS) await network.startGateway(name);
    for (const identity of identities) network.startDevice(identity);
    await network.says('server', 'registered', DEVICES.length);
    for (const user of ['anna', 'bob']) await network.admin('server', 'add-user', user);
    await network.admin('server', 'give', 'anna', 'pne-1');
    await network.admin('server', 'give', 'bob', 'pne-2');
    return network;
  }

  async startServer(address = `127.0.0.1:${this.programs.get('server')!.port}`): Promise<void> {
    const args = ['--listen', address, '--state', join(this.folder, 'server')];
    const context = testContext(this.said.server, this.context.provider);
    const server = await startServerProgram(readConfig(SERVER_OPTIONS, args, {}).values, context);
    this.programs.set('server', server);
  }

  stopServer(): Promise<void> {
    return this.programs.get('server')!.close();
  }

  /** The server knows it before it comes. */
  async startGateway(name: string): Promise<void> {
    const state = join(this.folder, name);
    mkdirSync(state, { mode: 0o700 });
    const file = join(this.folder, `${name}.credential`);
    writeFileSync(file, this.credential(name).cred);
    await this.admin('server', 'add-gateway', file);
    await this.says('server', 'gateways', this.programs.size);
    const args = [
      ...['--listen', '127.0.0.1:0', '--state', state, '--name', name],
      ...['--server', `ws://127.0.0.1:${this.programs.get('server')!.port}`],
      ...['--server-credential', join(this.folder, 'server/credential')],
    ];
    const context = testContext(this.said[name], this.context.provider);
    const gateway = await startGatewayProgram(readConfig(GATEWAY_OPTIONS, args, {}).values, context);
    this.programs.set(name, gateway);
    for (const id of DEVICES) await this.admin(name, 'add', join(this.folder, id));
    await this.says(name, 'server-there');
  }

  async admin(state: string, ...args: string[]): Promise<string[]> {
    const lines: string[] = [];
    const config = readConfig(ADMIN_OPTIONS, [...args, '--state', join(this.folder, state)], {});
    await administer(config, this.context.provider, (line) => void lines.push(line));
    return lines;
  }

  /** A new one. */
  async code(user: string): Promise<string> {
    const [line] = await this.admin('server', 'user-code', user);
    return /^([A-Z0-9-]+\.[0-9A-Z]{30}), /.exec(line!)![1]!;
  }

  says(program: string, event: string, times = 1): Promise<void> {
    return until(() => this.facts(program, event).length >= times, `${event} of ${program}: ${this.all}`);
  }

  facts(program: string, event: string) {
    return this.said[program]!.filter((each) => each.event === event).map(({ facts }) => facts);
  }

  get all(): string {
    return JSON.stringify(this.said);
  }

  async close(): Promise<void> {
    for (const device of this.devices) device.close();
    for (const program of [...this.programs.values()].reverse()) await program.close();
  }

  private credential(name: string): Credential {
    return openIdentity(this.context.provider, join(this.folder, name, 'identity'), name).credential;
  }

  /** At the first gateway. */
  private startDevice({ privateKeyBytes, credential }: NewIdentity): void {
    const { provider } = this.context;
    const pneId = credential.subject!;
    const provisioning = encodeProvisioning({
      pneId,
      gatewayAddress: '127.0.0.1',
      gatewayPort: this.programs.get('hall')!.port,
      privateKey: privateKeyBytes,
      ownCcs: credential.cred,
      gatewayCcs: this.credential('hall').cred,
      serverCcs: this.credential('server').cred,
    });
    const device = startDevice({
      ...{ provider, provisioning, folder: openDeviceFolder(provider, scratchFolder()) },
      onUser: (user) => void this.users[pneId]!.push(user),
      onUserRefused: (user, reason) => void this.users[pneId]!.push(`${user} ${reason}`),
    });
    this.devices.push(device);
  }
}

async function withNetwork(work: (network: Network) => Promise<void>): Promise<void> {
  const network = await Network.start();
  try {
    await work(network);
  } finally {
    await network.close();
  }
}

/** All that is in these folders. */
function bytesUnder(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return Buffer.concat(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name))));
}

test('a user shows his code at the gateway: his device gets a key that is his, and others nothing', () =>
  withNetwork(async (network) => {
    const code = await network.code('anna');
    assert.equal(await network.admin('hall', 'assign', code, 'pne-1'), [
      "anna was here for pne-1: the gateway's log says what its server makes of it",
    ]);
    await until(() => network.users['pne-1']!.length > 0, `a user of pne-1 in ${network.all}`);
    await network.says('hall', 'user-assigned');
    assert.equal(network.users, { 'pne-1': ['anna'], 'pne-2': [] });
    const claim = { gateway: 'hall', pne: 'pne-1', user: 'anna' };
    assert.equal(network.facts('server', 'user-registered'), [claim]);
    assert.equal(network.facts('server', 'user-assigned'), [{ pne: 'pne-1', user: 'anna' }]);
    const body = code.split('.')[1]!;
    assert.not.ok(network.all.includes(body));
    for (const name of ['server', 'hall'])
      assert.not.ok(bytesUnder(join(network.folder, name)).includes(body));
    await network.admin('hall', 'assign', code, 'pne-2');
    await network.says('hall', 'user-refused');
    assert.equal(network.facts('hall', 'user-refused')[0], {
      pne: 'pne-2',
      user: 'anna',
      reason: 'userForeign',
    });
  }));

test('with the server away in between, and a gateway that starts anew, it comes to the same', () =>
  withNetwork(async (network) => {
    const code = await network.code('bob');
    await network.stopServer();
    await network.admin('hall', 'assign', code, 'pne-2');
    await network.startServer();
    await until(() => network.users['pne-2']!.length > 0, `a user of pne-2 in ${network.all}`);
    await network.says('hall', 'user-assigned');
    await network.admin('server', 'take', 'pne-2');
    await network.admin('server', 'give', 'anna', 'pne-2');
    await network.admin('hall', 'assign', await network.code('anna'), 'pne-2');
    await until(() => network.users['pne-2']!.includes('anna'), `anna at pne-2 in ${network.all}`);
  }));

test('a code that is another by now, tried too often over a restart, and one that was used are refused', () =>
  withNetwork(async (network) => {
    const former = await network.code('anna');
    const code = await network.code('anna');
    const reasons = () => network.facts('hall', 'user-refused').map(({ reason }) => reason);
    for (let tries = 1; tries <= 5; tries++) {
      await network.admin('hall', 'assign', former, 'pne-1');
      await network.says('hall', 'user-refused', tries);
      if (tries !== 3) continue;
      await network.stopServer();
      await network.startServer();
    }
    await network.admin('hall', 'assign', code, 'pne-1');
    await network.says('hall', 'user-refused', 6);
    assert.equal(reasons(), [...Array(5).fill('userCodeInvalid'), 'userTries']);
    const used = await network.code('anna');
    await network.admin('hall', 'assign', used, 'pne-1');
    await network.says('hall', 'user-assigned');
    await network.admin('attic', 'assign', used, 'pne-1');
    await network.says('attic', 'user-refused');
    assert.is(network.facts('attic', 'user-refused')[0]?.reason, 'userCodeSpent');
    assert.equal(network.users['pne-1'], ['anna']);
  }));

test('JSON and a file have what they are for, and misuse is told', () =>
  withNetwork(async (network) => {
    const file = join(network.folder, 'code');
    const [line] = await network.admin('server', 'user-code', 'anna', '--json', '--output', file);
    const text = readFileSync(file, 'utf8').trim();
    assert.equal(Object.keys(JSON.parse(line!)), ['user', 'until', 'file']);
    assert.not.ok(line!.includes(text.split('.')[1]!));
    const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
      ['server', ['user-code', 'anna', '--json'], /JSON has no code/],
      ['server', ['user-code', 'carl'], /no user is called carl/],
      ['hall', ['assign', text], /takes the code of a user, and the name of a device/],
      ['hall', ['assign', text, 'pne-9'], /no device is called pne-9/],
      ['hall', ['assign', `${text.slice(0, -1)}${text.endsWith('0') ? 1 : 0}`, 'pne-1'], /was mistyped/],
    ];
    for (const [state, args, what] of wrong) {
      const error = await network.admin(state, ...args).catch((thrown: Error) => thrown);
      assert.match(String((error as Error).message), what);
    }
  }));

test.run();
