// SPDX-License-Identifier: Apache-2.0

/** A PN moves from one PN GW to another while its PNEs report: nothing is lost or doubled, and the former has no key. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GroupNetwork } from '../roles/group-network.testing.ts';
import { placesOf } from '../roles/placement.ts';

const test = suite('gateway switch');

function network(): GroupNetwork {
  const net = new GroupNetwork({
    devices: ['pne-1', 'pne-2', 'pne-3'],
    gateways: ['gateway-1', 'gateway-2'],
  });
  net.keys.create({ kind: 'pn', name: 'home', members: ['pne-1', 'pne-2'] });
  net.settle();
  return net;
}

function isAt(net: GroupNetwork, id: string): boolean {
  return net.device(id).events !== undefined;
}

/** PNEs whose link has ended come by the other gateway. */
function move(net: GroupNetwork, gateway: string): void {
  for (const id of net.devices.keys()) if (!isAt(net, id)) net.connect(id, gateway);
  net.settle();
}

function say(net: GroupNetwork, id: string, value: unknown): void {
  net.device(id).keys.publish(1, value);
  net.settle();
}

test('its PNEs leave the former gateway, and nobody else does', () => {
  const net = network();
  net.keys.switchGateway(1, 'gateway-2');
  net.settle();
  assert.equal([isAt(net, 'pne-1'), isAt(net, 'pne-2'), isAt(net, 'pne-3')], [false, false, true]);
  net.connect('pne-1', 'gateway-1');
  net.settle();
  assert.not.ok(isAt(net, 'pne-1'));
  assert.ok(net.refusals.some(({ at, reason }) => at === 'gateway-1' && reason === 'notAuthorized'));
  move(net, 'gateway-2');
  assert.equal([isAt(net, 'pne-1'), isAt(net, 'pne-2')], [true, true]);
});

test('readings under way are neither lost nor doubled', () => {
  const net = network();
  const sent: string[] = [];
  const report = (id: string) => {
    sent.push(`${id} ${sent.length}`);
    net.device(id).pne.report(sent[sent.length - 1]);
  };
  for (let round = 0; round < 3; round += 1) {
    for (const id of net.devices.keys()) report(id);
    net.keys.switchGateway(1, `gateway-${2 - (round % 2)}`);
    for (const id of net.devices.keys()) report(id);
    net.settle();
    for (const id of net.devices.keys()) report(id);
    move(net, `gateway-${2 - (round % 2)}`);
    net.pass(60_000);
  }
  const arrived = net.readings.map(({ pneId, value }) => {
    assert.ok(String(value).startsWith(pneId));
    return value;
  });
  assert.equal([...arrived].sort(), [...sent].sort());
});

test('the new gateway alone reads what is said in the PN', () => {
  const net = network();
  say(net, 'pne-1', 'before');
  assert.equal(net.read.splice(0), [{ at: 'gateway-1', sender: 0, value: 'before' }]);
  net.keys.switchGateway(1, 'gateway-2');
  net.settle();
  move(net, 'gateway-2');
  say(net, 'pne-1', 'after');
  assert.equal(net.read.splice(0), [{ at: 'gateway-2', sender: 0, value: 'after' }]);
  assert.equal(
    net.device('pne-2').contents.map(([, value]) => value),
    ['before', 'after'],
  );
});

test('what is said while PNEs are still at the former gateway is not told to it', () => {
  const net = network();
  const key = net.keys.groups[0]!.key.epoch;
  net.keys.switchGateway(1, 'gateway-2');
  // It was told that they are elsewhere, and keeps them.
  const former = net.gateways.get('gateway-1')!;
  former.gateway = { ...former.gateway, place: () => undefined };
  net.settle();
  assert.is(net.keys.groups[0]!.key.epoch, key + 1);
  assert.ok(net.keys.groups[0]!.isUrgent);
  net.read.splice(0);
  say(net, 'pne-1', 'after');
  assert.equal(net.read, []);
});

test('to where it is already nothing changes; to any it may be anywhere', () => {
  const net = network();
  net.keys.switchGateway(1, 'gateway-1');
  net.settle();
  const [{ key }] = net.keys.groups as [(typeof net.keys.groups)[number]];
  net.keys.switchGateway(1, 'gateway-1');
  net.settle();
  assert.equal(net.keys.groups[0]!.key, key);
  assert.equal(
    [...placesOf(net.keys.groups)],
    [
      ['pne-1', ['gateway-1']],
      ['pne-2', ['gateway-1']],
    ],
  );
  net.keys.switchGateway(1, undefined);
  net.settle();
  assert.equal([net.keys.groups[0]!.key, placesOf(net.keys.groups).size], [key, 0]);
  net.connect('pne-1', 'gateway-2');
  net.settle();
  assert.ok(isAt(net, 'pne-1'));
});

test('a service group has no gateway, and one that is unknown no key', () => {
  const net = network();
  net.keys.create({ kind: 'service', name: 'lights', members: ['pne-1'] });
  net.settle();
  const refused: unknown[] = [];
  for (const reference of [2, 3]) net.keys.switchGateway(reference, 'gateway-2', (why) => refused.push(why));
  net.settle();
  assert.equal(refused, ['badArgument', 'groupUnknown']);
  assert.is(placesOf(net.keys.groups).size, 0);
});

test('a gateway and a server that begin anew do as before', () => {
  const net = network();
  net.keys.switchGateway(1, 'gateway-2');
  net.settle();
  net.restartServer();
  net.pass(30_000);
  assert.not.ok(isAt(net, 'pne-1'));
  move(net, 'gateway-2');
  net.pass(120_000);
  say(net, 'pne-1', 'after');
  assert.equal(net.read, [{ at: 'gateway-2', sender: 0, value: 'after' }]);
});

test.run();
