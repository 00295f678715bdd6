// SPDX-License-Identifier: Apache-2.0

/** What devices of a program ask of PNs and groups, and what becomes of it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from './listener.testing.ts';
import { withNetwork } from './own-network.testing.ts';
import type { Wished } from './wishes.ts';

const test = suite('groups of devices');
const OWNER = ['group-create', 'group-own', 'group-transfer', 'group-remove'] as const;
const DONE: Wished = { ok: true, value: undefined };

/** The name of what a wish was refused for. */
function why(outcome: Wished<unknown>): string {
  return outcome.ok ? 'done' : outcome.refusal.reasonName;
}

function taken<Value>(outcome: Wished<Value>): Value {
  if (!outcome.ok) throw outcome.refusal;
  return outcome.value;
}

test('two devices share a group that one creates and the other finds, until it is removed', () =>
  withNetwork(['gateway'], ['pne-1', 'pne-2'], async (network) => {
    const [first, second] = [network.startDevice('pne-1'), network.startDevice('pne-2')];
    network.server.grant('pne-1', ...OWNER);
    network.server.grant('pne-2', 'group-discover', 'group-join');
    const group = taken(await first.device.groups.create('lights', { service: 'lighting' }));
    assert.equal(
      [group, first.device.groups.held.map(({ reference }) => reference), first.members],
      [2, [2], [[2, true]]],
    );
    const [found] = taken(await second.device.groups.discover('lighting'));
    assert.equal([found?.name, found?.mayJoin, found?.isMember], ['lights', true, false]);
    assert.equal(await second.device.groups.join(found!.reference), DONE);
    assert.equal(await second.device.groups.join(group), DONE);
    await until(() => first.device.groups.held[0]?.epoch === 2, 'both have the same key');
    assert.equal(second.device.groups.publish(group, { led: true }), DONE);
    await until(() => first.contents.length > 0, 'the content');
    assert.equal(first.contents, [{ reference: group, sender: 1, value: { led: true } }]);
    assert.equal(await first.device.groups.remove(group, 'pne-2'), DONE);
    await until(() => second.members.length === 2, 'it is no member');
    assert.equal(second.members, [
      [group, true],
      [group, false],
    ]);
    assert.is(why(second.device.groups.publish(group, 1)), 'groupUnknown');
    assert.is(why(await second.device.groups.leave(group)), 'groupUnknown');
    assert.equal(
      network.wishes.map(({ asker, refused }) => [asker.name, refused]),
      [
        ['pne-1', undefined],
        ['pne-2', undefined],
        ['pne-1', undefined],
      ],
    );
  }));

test('a refusal has its number, its name and a line, and throws nothing', () =>
  withNetwork(['gateway'], ['pne-1', 'pne-2'], async (network) => {
    const { device } = network.startDevice('pne-1');
    const created = await device.groups.create('lights');
    if (created.ok) throw new Error('it has no grant');
    const { reason, reasonName, message } = created.refusal;
    assert.equal(
      [reason, reasonName, message],
      [120, 'notAuthorized', 'notAuthorized (120): no grant permits it'],
    );
    assert.is(why(await device.groups.join(2)), 'keyWithheld');
    network.server.grant('pne-1', ...OWNER, 'pn-setup');
    assert.is(why(await device.groups.create('a\nb')), 'badArgument');
    assert.is(why(await device.groups.create('x'.repeat(129))), 'badArgument');
    assert.is(why(await device.groups.create(7 as never)), 'badArgument');
    assert.is(why(await device.groups.transfer(8, 'pne-2')), 'groupUnknown');
    const group = taken(await device.groups.create('lights'));
    assert.is(why(await device.groups.transfer(group, 'pne-2')), 'credentialUnknown');
    assert.is(why(await device.networks.setUp('home', ['nobody'])), 'credentialUnknown');
    assert.is(why(await device.networks.setUp('home', ['pne-2'])), 'notAuthorized');
    device.close();
    assert.is(why(await device.groups.create('more')), 'linkClosed');
    assert.is(why(await device.groups.join(4)), 'linkClosed');
  }));

test('wishes wait for each other, and for a server that is away; what waits when a device is closed is refused', () =>
  withNetwork(['gateway'], ['pne-1'], async (network) => {
    const { device } = network.startDevice('pne-1');
    network.server.grant('pne-1', ...OWNER);
    const names = ['a', 'b', 'c'];
    const created = await Promise.all(names.map((name) => device.groups.create(name)));
    assert.equal(
      created.map((each) => taken(each)),
      [2, 4, 6],
    );
    await network.gateways.get('gateway')!.close();
    const waiting = [device.groups.create('d'), device.groups.discover(), device.groups.leave(2)];
    device.close();
    assert.equal((await Promise.all(waiting)).map(why), ['linkClosed', 'linkClosed', 'linkClosed']);
  }));

test('who left a group that it owns is a member again when it creates it again', () =>
  withNetwork(['gateway'], ['pne-1'], async (network) => {
    const { device, members } = network.startDevice('pne-1');
    network.server.grant('pne-1', ...OWNER);
    const group = taken(await device.groups.create('lights'));
    assert.equal(await device.groups.leave(group), DONE);
    assert.is(taken(await device.groups.create('lights')), group);
    assert.equal(members, [
      [group, true],
      [group, false],
      [group, true],
    ]);
  }));

test('a PN from its setup to its end: devices, administrators, and who chooses another', () =>
  withNetwork(['gateway'], ['pne-1', 'pne-2', 'pne-3'], async (network) => {
    const { device: owner } = network.startDevice('pne-1');
    const { device: second } = network.startDevice('pne-2');
    const { device: third } = network.startDevice('pne-3');
    const rights = ['pn-setup', 'pn-release', 'admin-assign', 'admin-change', 'devices-read'] as const;
    network.server.grant('pne-1', ...rights, 'devices-capabilities');
    for (const name of ['pne-2', 'pne-3']) network.server.grant(name, 'pn-join', 'pn-choose', 'admin-add');
    const home = taken(await owner.networks.setUp('home', ['pne-2']));
    assert.equal(
      taken(await owner.networks.devices(home)).map(({ pneId }) => pneId),
      ['pne-1', 'pne-2'],
    );
    assert.equal(await owner.networks.assignAdmin(home, 'pne-2'), DONE);
    assert.equal(await second.networks.addAdminee(home, 'pne-3'), DONE);
    assert.equal(await owner.networks.changeAdmin(home, 'pne-2', 'pne-3'), DONE);
    assert.is(why(await second.networks.removeAdminee(home, 'pne-1')), 'notOwner');
    assert.equal(await third.networks.releaseAdmin(home), DONE);
    assert.equal(taken(await owner.networks.describe(home, 'pne-2')).services, []);
    const office = taken(await network.server.groups.create({ kind: 'pn', name: 'office', members: [] }));
    const listed = taken(await third.networks.list());
    assert.equal(
      listed.map(({ name, isMember }) => [name, isMember]),
      [
        ['home', true],
        ['office', false],
      ],
    );
    assert.equal(await third.networks.choose(office), DONE);
    await until(() => second.groups.held.some(({ reference }) => reference === home), 'its key');
    assert.equal(await second.networks.leave(home), DONE);
    assert.equal(
      network.server.groups.all.map(({ name, members }) => [name, members]),
      [
        ['home', ['pne-1']],
        ['office', ['pne-3']],
      ],
    );
    assert.equal(await owner.networks.release(home), DONE);
    assert.is(network.server.groups.all.length, 1);
  }));

test('keys of groups outlast the process of a device', () =>
  withNetwork(['gateway'], ['pne-1', 'pne-2'], async (network) => {
    const [first, second] = [network.startDevice('pne-1'), network.startDevice('pne-2')];
    const members = ['pne-1', 'pne-2'];
    const group = taken(await network.server.groups.create({ kind: 'service', name: 'lights', members }));
    const isHeldBy = (each: typeof first) => each.device.groups.held[0]?.reference === group;
    await until(() => isHeldBy(first) && isHeldBy(second), 'both have its key');
    first.device.close();
    const again = network.startDevice('pne-1', { folder: first.folder });
    assert.is(again.device.groups.held[0]?.reference, group);
    assert.is(why(again.device.groups.publish(group, 'early')), 'stateInvalid');
    assert.is(await again.device.report('there'), 'accepted');
    const holders = () => network.server.groups.all[0]?.holders.length;
    await until(() => holders() === 2, 'the server knows of both');
    assert.equal(second.device.groups.publish(group, 'on'), DONE);
    await until(() => again.contents.length === 1, 'a content');
    assert.equal(again.members, []);
  }));

test.run();
