// SPDX-License-Identifier: Apache-2.0

/** A device that owns its contents, at a server and a gateway as programs: an entity reads while the device consents. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EntityPermission } from '../../authorization/entity-access.ts';
import { createProvider, type Device, provisionDevice, startDevice } from '../../exports/node.ts';
import { ccsCredential } from '../../handshake/credential.ts';
import type { After } from '../../link/timer.ts';
import { openIdentity } from '../identity.ts';
import { until } from '../listener.testing.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { after as nodeAfter } from '../timer.ts';
import { ADMIN_OPTIONS, administer } from './admin.ts';
import { readConfig } from './config.ts';
import { testContext } from './deployment.testing.ts';
import { follow } from './follower.testing.ts';
import { GATEWAY_OPTIONS, startGatewayProgram } from './gateway.ts';
import type { Program } from './program.ts';
import { SERVER_OPTIONS, startServerProgram } from './server.ts';

const test = suite('owner');
const provider = createProvider();
const { access, consentRequired } = EntityPermission;

/** A device finds out after some twenty seconds that its server has lost its keys. */
const FASTER = 20;
const after: After = (milliseconds, callback) => nodeAfter(milliseconds / FASTER, callback);

class Network {
  readonly folder = scratchFolder();
  private readonly programs: Program[] = [];
  private port = 0;

  at(...path: string[]): string {
    return join(this.folder, ...path);
  }

  async startServer(): Promise<void> {
    const args = ['--listen', `127.0.0.1:${this.port}`, '--state', this.at('server')];
    const server = await startServerProgram(readConfig(SERVER_OPTIONS, args, {}).values, testContext());
    this.port = server.port;
    this.programs[0] = server;
  }

  async restartServer(): Promise<void> {
    await this.programs[0]!.close();
    await this.startServer();
  }

  async startGateway(): Promise<number> {
    const args = [
      ...['--listen', '127.0.0.1:0', '--state', this.at('gateway'), '--server', this.url],
      ...['--server-credential', this.at('server/credential')],
    ];
    const gateway = await startGatewayProgram(readConfig(GATEWAY_OPTIONS, args, {}).values, testContext());
    this.programs.push(gateway);
    await this.admin('server', 'add-gateway', this.at('gateway/credential'));
    return gateway.port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  credential(name: string) {
    return ccsCredential(Uint8Array.from(readFileSync(this.at(name, 'credential'))));
  }

  async admin(state: string, ...args: string[]): Promise<string[]> {
    const lines: string[] = [];
    const config = readConfig(ADMIN_OPTIONS, [...args, '--state', this.at(state)], {});
    await administer(config, provider, (line) => void lines.push(line));
    return lines;
  }

  /** What goes into the device, which both know. */
  async provision(name: string, port: number): Promise<Uint8Array> {
    const known = { server: this.credential('server'), gateway: this.credential('gateway'), port };
    const { provisioning, credential } = provisionDevice(provider, name, known);
    writeFileSync(this.at(name), credential.cred);
    for (const state of ['server', 'gateway']) await this.admin(state, 'add', this.at(name));
    return provisioning;
  }

  async follow(name: string) {
    const own = this.at(name);
    mkdirSync(own, { mode: 0o700 });
    const identity = openIdentity(provider, join(own, 'identity'), name);
    writeFileSync(join(own, 'credential'), identity.credential.cred);
    await this.admin('server', 'add-entity', join(own, 'credential'), '--read', 'all');
    return follow({ provider, identity, server: this.url, serverCredential: this.credential('server') });
  }

  async close(): Promise<void> {
    for (const program of this.programs.reverse()) await program.close();
  }
}

test('a device says that it is to be asked, is, and lets an entity read until it takes that back', async () => {
  const network = new Network();
  let device: Device | undefined;
  await network.startServer();
  try {
    const provisioning = await network.provision('sensor', await network.startGateway());
    const questions: string[] = [];
    device = startDevice({
      ...{ provider, provisioning, after, boots: { epoch: undefined, write(): void {} } },
      onQuestion: ({ number, operation, subject, target }) =>
        void questions.push(`${number} ${subject} ${operation} ${target}`),
    });
    assert.is(await device.setOpenness('ask'), 'stored');
    const reader = await network.follow('bridge');
    const may = (permissions: number) =>
      until(() => reader.devices.get('sensor') === permissions, `it may ${permissions}`);
    await may(consentRequired);
    await until(() => questions.length === 1, 'a question');
    assert.equal(questions, ['1 bridge content-access sensor']);
    assert.is(await device.report(1), 'accepted');
    await network.restartServer();
    assert.is(await device.answer(1, 'consented'), 'stored');
    await may(access);
    assert.is(await device.report(2), 'accepted');
    await until(() => reader.readings.length === 1, 'a reading');
    assert.is(await device.answer(1, 'refused'), 'stored');
    assert.is(await device.report(3), 'accepted');
    await may(0);
    assert.is(await device.answer(1, 'consented'), 'notAuthorized', 'what was refused stays so');
    assert.is(await device.answer(9, 'refused'), 'unknown');
    assert.match(
      (await network.admin('server', 'asks'))[0]!,
      /^1 bridge wants to read sensor: refused until/,
    );
    assert.equal(reader.readings, [2]);
    reader.close();
  } finally {
    device?.close();
    await network.close();
  }
});

test('a device that another owns cannot open its contents', async () => {
  const network = new Network();
  let device: Device | undefined;
  await network.startServer();
  try {
    const port = await network.startGateway();
    await network.provision('panel', port);
    const provisioning = await network.provision('sensor', port);
    await network.admin('server', 'openness', 'ask', 'sensor', '--owner', 'panel');
    device = startDevice({
      ...{ provider, provisioning, after, boots: { epoch: undefined, write(): void {} } },
      onQuestion(): void {},
    });
    assert.is(await device.setOpenness('open'), 'notAuthorized');
  } finally {
    device?.close();
    await network.close();
  }
});

test.run();
