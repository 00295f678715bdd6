// SPDX-License-Identifier: Apache-2.0

/** A gateway program that asks its server for PNs, as `admin pn` says in another process. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../listener.testing.ts';
import { PNE, type TwoGateways, withTwoGateways } from './two-gateways.testing.ts';

const test = suite('PNs of gateways');

/** What it says once the server lets it, which learns of a grant a moment later. */
async function allowed(network: TwoGateways, gateway: string, ...words: string[]): Promise<string[]> {
  for (let tries = 0; ; tries++)
    try {
      return await network.admin(gateway, 'pn', ...words);
    } catch (error) {
      if (tries > 100 || !/notAuthorized/.test((error as Error).message)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

async function refused(work: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await work.then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  assert.match(String(error?.message), message);
}

test('a gateway sets up a PN of the devices that are at it, administers it and ends it', () =>
  withTwoGateways(async (network) => {
    const pn = (...words: string[]) => network.admin('gateway-1', 'pn', ...words);
    await network.says('server', 'group-key');
    await network.admin('server', 'group', 'end', '1');
    await refused(pn('setup-paired', 'hall'), /the server refuses: notAuthorized; .*grant-gateway/);
    await network.admin('server', 'grant', PNE, '--may', 'pn-join');
    await network.admin(
      'server',
      'grant-gateway',
      'gateway-1',
      '--may',
      'pn-setup,pn-release,admin-add,devices-read',
    );
    assert.equal(await allowed(network, 'gateway-1', 'setup-paired', 'hall'), ['1 created']);
    await network.says('server', 'group-key', 2);
    assert.match(
      (await network.admin('server', 'group', 'list'))[0]!,
      /^1 {2}PN hall {2}epoch 1 {2}owner gateway gateway-1 {2}pne-1$/,
    );
    assert.equal(await pn('list'), ['1  PN hall  1 devices  owned']);
    assert.equal(await pn('devices', '1'), [PNE]);
    assert.equal(await pn('remove', '1', PNE), ['done']);
    assert.equal(await pn('add', '1', PNE), ['done']);
    await refused(pn('add', '1', 'pne-9'), /the server refuses: entityUnknown/);
    await refused(pn('assign', '1', PNE), /the server refuses: notAuthorized/);
    assert.equal(await pn('release', '1'), ['done']);
    assert.equal(await network.admin('server', 'group', 'list'), []);
    assert.ok(network.said['gateway-1']!.some(({ event, facts }) => event === 'asked' && facts.status === 0));
  }));

test('a gateway takes the PN that it may have, and hands it on', () =>
  withTwoGateways(async (network) => {
    await network.startGateway('gateway-2');
    await refused(network.admin('gateway-2', 'pn', 'switch', '1', 'gateway-2'), /notAuthorized/);
    const rights = ['--takes', '1', '--may', 'gateway-request:1'];
    await network.admin('server', 'grant-gateway', 'gateway-1', 'gateway-2', ...rights);
    assert.match((await allowed(network, 'gateway-2', 'switch', '1', 'gateway-2'))[0]!, /as soon as/);
    await network.says('server', 'switched');
    const by = { group: 1, gateway: 'gateway-2', by: 'gateway', name: 'gateway-2' };
    assert.equal(network.said.server!.find(({ event }) => event === 'switched')?.facts, by);
    await until(() => network.agreements('gateway-2') > 0, 'the PNE comes by gateway-2');
    assert.equal(await network.admin('gateway-2', 'pn', 'list'), [
      '1  PN home  1 devices  at gateway-2  may be taken, here',
    ]);
    const agreed = network.agreements('gateway-1');
    await network.admin('gateway-2', 'pn', 'switch', '1', 'gateway-1');
    await until(() => network.agreements('gateway-1') > agreed, 'the PNE comes by gateway-1');
    await refused(network.admin('gateway-2', 'pn', 'switch', '1', 'gateway-3'), /notOwner/);
  }));

test('without a server nothing is asked, and what is called wrongly says what is missing', () =>
  withTwoGateways(async (network) => {
    const pn = (...words: string[]) => network.admin('gateway-1', 'pn', ...words);
    await refused(pn('setup'), /pn setup takes NAME \[DEVICE...\]/);
    await refused(pn('list', '1'), /pn list takes nothing more/);
    await refused(pn('release', '2'), /2 is no PN/);
    await refused(pn('begin'), /takes one of list, setup,/);
    await refused(network.admin('server', 'grant-gateway', 'gateway-1', '--may', 'pn-choose'), /--may takes/);
    await network.programs.get('server')!.close();
    network.programs.delete('server');
    await network.says('gateway-1', 'server-away');
    await refused(pn('list'), /no answer: start the gateway/);
  }));

test.run();
