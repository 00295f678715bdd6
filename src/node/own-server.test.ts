// SPDX-License-Identifier: Apache-2.0

/** A server and a gateway of a program, as whoever wrote it administers them while they run. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from './listener.testing.ts';
import { hurried, withNetwork } from './own-network.testing.ts';

const test = suite('a server of a program');

test('a device that is taken in while the server runs is let in by its gateways, and one that is removed by none', () =>
  withNetwork(['gateway'], [], async (network) => {
    const [gateway] = [...network.gateways.values()];
    network.server.addDevice(network.newDevice('pne-7'));
    await until(() => gateway!.devices.includes('pne-7'), 'the gateway knows it');
    const { device, refusals } = network.startDevice('pne-7');
    assert.is(await device.report(1), 'accepted');
    assert.throws(() => network.server.addDevice(network.newDevice('pne-7')), /two of pne-7/);
    network.server.removeDevice('pne-7');
    await until(() => gateway!.devices.length === 0, 'the gateway knows it no more');
    await until(() => refusals.includes('peerRefused'), 'it is let in no more');
    assert.equal(network.server.devices, []);
  }));

test('who is revoked may do nothing and has no keys, until both grant it something again', () =>
  withNetwork(['gateway'], ['pne-1'], async (network) => {
    const { device, members } = network.startDevice('pne-1', { after: hurried });
    const [gateway] = [...network.gateways.values()];
    network.server.grant('pne-1', 'group-create', 'group-own');
    const created = await device.groups.create('lights');
    assert.equal(created, { ok: true, value: 2 });
    network.server.revoke('pne-1');
    const late = device.report('late');
    await until(() => network.refusals.includes('notAuthorized'), 'its gateway lets it in no more');
    network.server.grant('pne-1', 'group-create', 'group-own');
    gateway!.grant('pne-1');
    assert.is(await late, 'accepted');
    assert.equal(await device.groups.create('lights'), { ok: true, value: 2 });
    assert.equal(members, [
      [2, true],
      [2, false],
      [2, true],
    ]);
  }));

test('rights are for every group or one, and for groups or PNs', () =>
  withNetwork(['gateway'], ['pne-1'], async (network) => {
    const { device } = network.startDevice('pne-1');
    for (const name of ['a', 'b']) await network.server.groups.create({ kind: 'service', name, members: [] });
    network.server.grant('pne-1', ['group-join', 4]);
    assert.equal(await device.groups.join(4), { ok: true, value: undefined });
    const other = await device.groups.join(2);
    assert.is(other.ok ? '' : other.refusal.reasonName, 'keyWithheld');
    for (const wrong of [1, 0, 2.5, 2 ** 30])
      assert.throws(() => network.server.grant('pne-1', ['group-join', wrong]), /badArgument/);
    assert.throws(() => network.server.grant('pne-1', ['pn-choose', 2]), /badArgument/);
    assert.throws(() => network.server.grant('nobody'), /no device is called nobody/);
  }));

test('a gateway asks for PNs itself, by what the server grants it', () =>
  withNetwork(['hall', 'attic'], ['pne-1'], async (network) => {
    const [hall, attic] = [...network.gateways.values()];
    const { device } = network.startDevice('pne-1');
    assert.is(await device.report('at hall'), 'accepted');
    const early = await hall!.networks.setUp('home', ['pne-1']);
    assert.is(early.ok ? '' : early.refusal.reasonName, 'notAuthorized');
    network.server.grant('pne-1', 'pn-join');
    network.server.grantGateway('hall', { may: ['pn-setup', 'pn-release'] });
    assert.equal(await hall!.networks.setUp('home', ['pne-1']), { ok: true, value: 1 });
    network.server.grantGateway('attic', { takes: [1], may: [['gateway-request', 1]] });
    assert.ok((await attic!.networks.switchTo(1, 'attic')).ok);
    await until(() => network.moved.includes('attic'), 'the PN is at attic');
    const other = await attic!.networks.release(1);
    assert.is(other.ok ? '' : other.refusal.reasonName, 'notAuthorized');
    assert.throws(() => network.server.grantGateway('attic', { takes: [2] }), /badArgument/);
  }));

test('groups are made, changed and ended by the server itself; what cannot be is refused', () =>
  withNetwork(['gateway'], ['pne-1', 'pne-2'], async (network) => {
    const { groups } = network.server;
    const members = ['pne-1'];
    assert.equal(await groups.create({ kind: 'service', name: 'a', service: 's', members }), {
      ok: true,
      value: 2,
    });
    for (const done of [
      groups.add(2, 'pne-2'),
      groups.transfer(2, 'pne-2'),
      groups.remove(2, 'pne-1'),
      groups.rekey(2),
    ])
      assert.ok((await done).ok);
    const { holders, ...view } = groups.all[0]!;
    assert.equal(
      [view, holders],
      [
        {
          ...{ reference: 2, kind: 'group', name: 'a', service: 's', owner: 'pne-2', administrators: [] },
          ...{ members: ['pne-2'], gateway: undefined, epoch: 4, isSigned: false },
        },
        [],
      ],
    );
    assert.ok((await groups.end(2)).ok);
    for (const refused of [
      await groups.end(2),
      await groups.add(2, 'pne-1'),
      await groups.switchTo(2, undefined),
    ])
      assert.is(refused.ok ? '' : refused.refusal.reasonName, 'groupUnknown');
    assert.equal(groups.all, []);
  }));

test.run();
