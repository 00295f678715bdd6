// SPDX-License-Identifier: Apache-2.0

/** A device that owns a PN is asked for a bridge to its gateway, by a server and two gateways as programs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProvider, provisionDevice, startDevice } from '../../exports/node.ts';
import { ccsCredential } from '../../handshake/credential.ts';
import type { After } from '../../link/timer.ts';
import { until } from '../listener.testing.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { after as nodeAfter } from '../timer.ts';
import { ADMIN_OPTIONS, administer } from './admin.ts';
import { readConfig } from './config.ts';
import { type Said, testContext } from './deployment.testing.ts';
import { GATEWAY_OPTIONS, startGatewayProgram } from './gateway.ts';
import type { Program } from './program.ts';
import { SERVER_OPTIONS, startServerProgram } from './server.ts';

const test = suite('owner of a PN');
const provider = createProvider();
const FASTER = 20;
const after: After = (milliseconds, callback) => nodeAfter(milliseconds / FASTER, callback);

class Network {
  readonly folder = scratchFolder();
  readonly programs: Program[] = [];

  at(...path: string[]): string {
    return join(this.folder, ...path);
  }

  credential(name: string) {
    return ccsCredential(Uint8Array.from(readFileSync(this.at(name, 'credential'))));
  }

  async server(): Promise<string> {
    const args = ['--listen', '127.0.0.1:0', '--state', this.at('server')];
    const server = await startServerProgram(readConfig(SERVER_OPTIONS, args, {}).values, testContext());
    this.programs.push(server);
    return `ws://127.0.0.1:${server.port}`;
  }

  async gateway(name: string, server: string, ...more: string[]): Promise<{ said: Said[]; port: number }> {
    const said: Said[] = [];
    const own = ['--listen', '127.0.0.1:0', '--state', this.at(name), '--name', name, '--server', server];
    const args = [...own, '--server-credential', this.at('server/credential'), ...more];
    const program = await startGatewayProgram(
      readConfig(GATEWAY_OPTIONS, args, {}).values,
      testContext(said),
    );
    this.programs.push(program);
    await this.admin('server', 'add-gateway', this.at(name, 'credential'));
    return { said, port: program.port };
  }

  async admin(state: string, ...args: string[]): Promise<string[]> {
    const lines: string[] = [];
    const config = readConfig(ADMIN_OPTIONS, [...args, '--state', this.at(state)], {});
    await administer(config, provider, (line) => void lines.push(line));
    return lines;
  }

  /** What goes into a device that server and gateway a know, and that owns PN 1. */
  async owner(name: string, port: number): Promise<Uint8Array> {
    const known = { server: this.credential('server'), gateway: this.credential('a'), port };
    const { provisioning, credential } = provisionDevice(provider, name, known);
    writeFileSync(this.at(name), credential.cred);
    for (const state of ['server', 'a']) await this.admin(state, 'add', this.at(name));
    await this.admin('server', 'group', 'create-pn', 'home', name);
    await this.admin('server', 'switch', '1', 'a');
    return provisioning;
  }
}

function says(said: readonly Said[], event: string, facts: Said['facts'] = {}): Promise<void> {
  const isThat = (each: Said) =>
    each.event === event && Object.entries(facts).every(([name, fact]) => each.facts[name] === fact);
  return until(() => said.some(isThat), `${event} ${JSON.stringify(facts)} of ${JSON.stringify(said)}`);
}

test('the device that owns the PN lets a bridge carry contents, and takes that back', async () => {
  const network = new Network();
  const server = await network.server();
  const a = await network.gateway('a', server, '--bridge-listen', '127.0.0.1:0');
  const url = `ws://127.0.0.1:${a.said.find(({ event }) => event === 'bridges')!.facts.port}`;
  const b = await network.gateway('b', server, '--bridge', url);
  await network.admin('server', 'grant-gateway', 'a', '--takes', '1');
  const provisioning = await network.owner('sensor', a.port);
  await network.admin('a', 'bridge-openness', 'ask');
  for (const [at, other] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    await network.admin(at, 'add-gateway', network.at(other, 'credential'));
    await network.admin(at, 'grant-gateway', other, '--bridges', '1');
  }
  const questions: string[] = [];
  const device = startDevice({
    ...{ provider, provisioning, after, boots: { epoch: undefined, write(): void {} } },
    onQuestion: ({ number, operation, subject, target }) =>
      void questions.push(`${number} ${subject} ${operation} ${target}`),
  });
  try {
    await says(b.said, 'consent-required', { gateway: 'a' });
    await says(a.said, 'owner-not-asked', { gateway: 'b' });
    await network.admin('server', 'grant-gateway', 'b', '--bridges', '1');
    await until(() => questions.length > 0, 'a question');
    assert.equal(questions, ['1 b bridge-open 1']);
    assert.is(await device.answer(1, 'consented'), 'stored');
    await says(b.said, 'consented', { gateway: 'a' });
    assert.match((await network.admin('a', 'asks'))[0]!, /^1 b wants a bridge to PN 1: consented until/);
    assert.is(await device.answer(1, 'refused'), 'stored');
    await says(a.said, 'bridge-refused', { reason: 'notAuthorized' });
    assert.match((await network.admin('a', 'asks'))[0]!, /: refused until/);
  } finally {
    device.close();
    for (const program of network.programs.reverse()) await program.close();
  }
});

test.run();
