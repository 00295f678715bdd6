// SPDX-License-Identifier: Apache-2.0

/** Two gateway programs that are told of each other: a bridge between them, until a grant is revoked. */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../listener.testing.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { ADMIN_OPTIONS, administer } from './admin.ts';
import { readConfig } from './config.ts';
import { type Said, testContext } from './deployment.testing.ts';
import { GATEWAY_OPTIONS, startGatewayProgram } from './gateway.ts';
import type { Program } from './program.ts';
import { SERVER_OPTIONS, startServerProgram } from './server.ts';

const test = suite('gateway bridges');

class Network {
  readonly folder = scratchFolder();
  readonly programs: Program[] = [];

  async server(): Promise<string> {
    const args = ['--listen', '127.0.0.1:0', '--state', join(this.folder, 'server')];
    const server = await startServerProgram(readConfig(SERVER_OPTIONS, args, {}).values, testContext());
    this.programs.push(server);
    return `ws://127.0.0.1:${server.port}`;
  }

  async gateway(name: string, server: string, ...more: string[]): Promise<Said[]> {
    const args = [
      ...['--listen', '127.0.0.1:0', '--state', join(this.folder, name), '--name', name, '--server', server],
      ...['--server-credential', join(this.folder, 'server/credential'), ...more],
    ];
    const said: Said[] = [];
    const { values } = readConfig(GATEWAY_OPTIONS, args, {});
    this.programs.push(await startGatewayProgram(values, testContext(said)));
    return said;
  }

  /** Two gateways of a server, the second of which is to have a bridge to the first. */
  async pair(): Promise<[Said[], Said[]]> {
    const server = await this.server();
    const first = await this.gateway('a', server, '--bridge-listen', '127.0.0.1:0');
    const port = first.find(({ event }) => event === 'bridges')!.facts.port!;
    return [first, await this.gateway('b', server, '--bridge', `ws://127.0.0.1:${port}`)];
  }

  async admin(state: string, ...args: string[]): Promise<string[]> {
    const lines: string[] = [];
    const config = readConfig(ADMIN_OPTIONS, [...args, '--state', join(this.folder, state)], {});
    await administer(config, testContext().provider, (line) => void lines.push(line));
    return lines;
  }

  async close(): Promise<void> {
    for (const program of this.programs.reverse()) await program.close();
  }
}

function says(said: readonly Said[], event: string, facts: Said['facts'] = {}, times = 1): Promise<void> {
  const isThat = (each: Said) =>
    each.event === event && Object.entries(facts).every(([name, fact]) => each.facts[name] === fact);
  return until(
    () => said.filter(isThat).length >= times,
    `${event} ${JSON.stringify(facts)} of ${JSON.stringify(said)}`,
  );
}

test('gateways agree on CPNS-4 once each has granted the other a bridge, and not when that is revoked', async () => {
  const network = new Network();
  try {
    const [first, second] = await network.pair();
    await says(second, 'bridge-refused', { reason: 'credentialUnknown' });
    for (const [at, other] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      await network.admin(at, 'add-gateway', join(network.folder, other, 'credential'));
      if (at === 'a') await says(first, 'gateways', { count: 1 });
      assert.equal(await network.admin(at, 'grant-gateway', other, '--bridges', '1'), [`${other} granted`]);
    }
    await says(first, 'agreed', { gateway: 'b', interface: 'CPNS-4' });
    await says(second, 'agreed', { gateway: 'a', interface: 'CPNS-4' });
    assert.equal(await network.admin('a', 'revoke-gateway', 'b'), ['b revoked']);
    await says(first, 'revoked', { gateway: 'b' });
    await says(first, 'bridge-refused', { reason: 'notAuthorized' });
  } finally {
    await network.close();
  }
});

test('a gateway that asks for each bridge lets it carry contents once whoever administers it consents', async () => {
  const network = new Network();
  try {
    const [first, second] = await network.pair();
    assert.equal(await network.admin('a', 'bridge-openness', 'ask'), [
      'bridges are open where whoever administers consents',
    ]);
    for (const [at, other] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      await network.admin(at, 'add-gateway', join(network.folder, other, 'credential'));
      await network.admin(at, 'grant-gateway', other, '--bridges', '1');
    }
    await says(second, 'consent-required', { gateway: 'a' });
    await says(first, 'consent-asked', { number: 1, subject: 'b' });
    assert.match((await network.admin('a', 'asks'))[0]!, /^1 b wants a bridge to PN 1: waits/);
    assert.equal(await network.admin('a', 'consent', '1'), ['1 consented']);
    await says(second, 'consented', { gateway: 'a' });
    assert.equal(await network.admin('a', 'refuse', '1'), ['1 refused']);
    await says(first, 'bridge-refused', { reason: 'notAuthorized' });
    await says(second, 'bridge-refused', { reason: 'peerRefused' });
    await network.admin('a', 'remove-gateway', 'b');
    assert.equal(await network.admin('a', 'asks'), []);
  } finally {
    await network.close();
  }
});

test('what is no URL is told', () => {
  assert.throws(() => readConfig(GATEWAY_OPTIONS, ['--bridge', 'ws://x,y'], {}), /ws: or wss: URL/);
});

test.run();
