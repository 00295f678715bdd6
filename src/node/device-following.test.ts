// SPDX-License-Identifier: Apache-2.0

/** What devices of a program are told of their PNs and groups, and how one follows its PN to another gateway. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from './listener.testing.ts';
import { hurried, type OwnNetwork, withNetwork } from './own-network.testing.ts';

const test = suite('following');
const HERE = '127.0.0.1';

/** Where gateways are, as whoever wrote the device knows. */
function addressIn(network: OwnNetwork) {
  return (name: string) => {
    const gateway = network.gateways.get(name);
    return gateway && { host: HERE, port: gateway.port };
  };
}

async function homeOf(network: OwnNetwork, ...members: string[]): Promise<number> {
  const created = await network.server.groups.create({ kind: 'pn', name: 'home', owner: 'pne-1', members });
  if (!created.ok) throw created.refusal;
  return created.value;
}

test('devices are told who owns a group, once, and when that changes', () =>
  withNetwork(['gateway'], ['pne-1', 'pne-2'], async (network) => {
    const [first, second] = [network.startDevice('pne-1'), network.startDevice('pne-2')];
    const home = await homeOf(network, 'pne-1', 'pne-2');
    const members = ['pne-1', 'pne-2'];
    const created = await network.server.groups.create({
      kind: 'service',
      name: 'a',
      owner: 'pne-1',
      members,
    });
    if (!created.ok) throw created.refusal;
    await until(() => first.notices.length === 2 && second.notices.length === 2, 'what is there');
    await network.server.groups.transfer(created.value, 'pne-2');
    await until(() => first.notices.length === 3 && second.notices.length === 3, 'the new owner');
    const of = { gateway: undefined, owner: 'pne-1' };
    assert.equal(first.notices, [
      { ...of, reference: home, kind: 'network' },
      { ...of, reference: created.value, kind: 'group' },
      { ...of, reference: created.value, kind: 'group', owner: 'pne-2' },
    ]);
  }));

test('a device follows its PN to a gateway that it did not know, back, and over a restart', () =>
  withNetwork(['hall', 'attic'], ['pne-1'], async (network) => {
    const addressOf = addressIn(network);
    const own = network.startDevice('pne-1', { addressOf });
    const home = await homeOf(network, 'pne-1');
    assert.is(await own.device.report('at hall'), 'accepted');
    for (const gateway of ['attic', 'hall', 'attic']) {
      assert.ok((await network.server.groups.switchTo(home, gateway)).ok);
      await until(() => own.notices.at(-1)?.gateway?.name === gateway, `it hears of ${gateway}`);
      await until(() => network.at(gateway).includes('pne-1'), `it comes by ${gateway}`);
      assert.is(await own.device.report(`at ${gateway}`), 'accepted');
    }
    assert.equal(own.folder.gateway, network.credential('attic').cred);
    own.device.close();
    const again = network.startDevice('pne-1', { addressOf, folder: own.folder });
    assert.is(await again.device.report('again'), 'accepted');
    assert.ok(network.at('attic').includes('pne-1'));
    assert.equal(
      network.readings.map(([, value]) => value),
      ['at hall', 'at attic', 'at hall', 'at attic', 'again'],
    );
  }));

test('a gateway that cannot prove the credential that was told gets nothing', () =>
  withNetwork(['hall', 'attic', 'cellar'], ['pne-1'], async (network) => {
    const at = addressIn(network);
    const own = network.startDevice('pne-1', {
      // Whoever answers there is the cellar.
      addressOf: (name) => at(name === 'attic' ? 'cellar' : name),
      after: hurried,
    });
    const home = await homeOf(network, 'pne-1');
    assert.is(await own.device.report('at hall'), 'accepted');
    await network.server.groups.switchTo(home, 'attic');
    await until(() => own.refusals.includes('credentialUnknown'), 'it refuses the cellar');
    assert.equal(network.at('cellar'), []);
    await network.server.groups.switchTo(home, 'hall');
    assert.is(await own.device.report('at hall again'), 'accepted');
  }));

test('a device whose author names no address stays with the gateway that it knows', () =>
  withNetwork(['hall', 'attic'], ['pne-1'], async (network) => {
    const own = network.startDevice('pne-1', { addressOf: () => undefined });
    const home = await homeOf(network, 'pne-1');
    await network.server.groups.switchTo(home, 'attic');
    await until(() => own.notices.some(({ gateway }) => gateway?.name === 'attic'), 'it hears of attic');
    assert.is(own.folder.gateway, undefined);
    await network.server.groups.switchTo(home, undefined);
    assert.is(await own.device.report('at hall'), 'accepted');
  }));

test('a device asks that its PN moves, to a gateway that a grant lets take it', () =>
  withNetwork(['hall', 'attic'], ['pne-1', 'pne-2'], async (network) => {
    const own = network.startDevice('pne-1', { addressOf: addressIn(network) });
    const other = network.startDevice('pne-2');
    const home = await homeOf(network, 'pne-1', 'pne-2');
    const to = async ({ device }: typeof own) => {
      const asked = await device.networks.switchTo(home, 'attic');
      return asked.ok ? 'asked' : asked.refusal.reasonName;
    };
    for (const name of ['pne-1', 'pne-2']) network.server.grant(name, 'gateway-request');
    assert.equal([await to(own), await to(other)], ['notAuthorized', 'notOwner']);
    network.server.grantGateway('attic', { takes: [home] });
    assert.is(await to(own), 'asked');
    await until(() => network.at('attic').includes('pne-1'), 'it comes by attic');
    assert.equal(network.moved, ['attic']);
    assert.throws(() => network.server.grantGateway('cellar', {}), /no gateway is called cellar/);
  }));

test('a PN goes to no gateway that is not there', () =>
  withNetwork(['hall', 'attic'], ['pne-1'], async (network) => {
    const home = await homeOf(network, 'pne-1');
    await network.gateways.get('attic')!.close();
    await until(() => !network.server.hasGateway('attic'), 'attic is gone');
    const switched = await network.server.groups.switchTo(home, 'attic');
    assert.is(switched.ok ? '' : switched.refusal.reasonName, 'linkClosed');
  }));

test.run();
