// SPDX-License-Identifier: Apache-2.0

/** What PNEs are told of who owns their groups and where their PNs are. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { ImplementationLimits } from '../limits.ts';
import { VirtualTime } from '../link/time.testing.ts';
import { refusalOf } from '../negotiation/side.testing.ts';
import type { Agreement } from './interface.ts';
import { decodeHeard, decodeNotice, encodeHeard, encodeNotice, type GroupNotice } from './notice-message.ts';
import type { BoundKeys, KeyHost } from './pne-keys.ts';
import { PneNotices } from './pne-notices.ts';
import { ServiceNotices } from './service-notices.ts';
import { createGroup, transferGroup } from './service-wishes.ts';
import { GROUP_RIGHTS, PNES, ServiceNetwork } from './services.testing.ts';

const test = suite('service notices');
const ALL = Object.freeze(Object.fromEntries(PNES.map((id) => [id, GROUP_RIGHTS])));
const TWO = Object.freeze({ devices: ['pne-1', 'pne-2'], gateways: ['a', 'b'] });
const { keyMaxRequests } = ImplementationLimits;
const HOME = 1;
const LIGHTS = 2;

/** Takes what a PNE was told since it was asked last. */
function told(network: ServiceNetwork, id: string): unknown[] {
  return network
    .device(id)
    .notices.splice(0)
    .map(({ reference, owner, gateway }) => [reference, owner, gateway]);
}

function withHome(): ServiceNetwork {
  const network = new ServiceNetwork(ALL, TWO);
  network.keys.create({ kind: 'pn', name: 'home', owner: 'pne-1', members: [...TWO.devices] });
  network.settle();
  return network;
}

// The first test of a suite has less of XS's stack than those behind it.
test('a PNE that is in no group is told nothing', () => {
  const network = new ServiceNetwork({}, { devices: ['pne-1'] });
  network.pass(60_000);
  assert.equal([told(network, 'pne-1'), network.refusals], [[], []]);
});

test('members are told who owns a group, when they join and when that changes, and once', () => {
  const network = new ServiceNetwork(ALL);
  network.answer('pne-1', createGroup('lights'));
  for (const id of ['pne-2', 'pne-3']) network.device(id).keys.join(LIGHTS);
  network.settle();
  for (const id of PNES) assert.equal(told(network, id), [[LIGHTS, 'pne-1', undefined]]);
  network.answer('pne-1', transferGroup(LIGHTS, 'pne-2'));
  for (const id of PNES) assert.equal(told(network, id), [[LIGHTS, 'pne-2', undefined]]);
  assert.equal(network.refusals, []);
  network.keys.rekey(LIGHTS);
  network.connect('pne-3');
  network.restartServer();
  network.pass(120_000);
  for (const id of PNES) assert.equal(told(network, id), []);
});

test('an owner that is no member is told, too, and who has left is not', () => {
  const network = withHome();
  network.keys.transfer(HOME, 'pne-2');
  network.keys.remove(HOME, 'pne-1');
  network.keys.remove(HOME, 'pne-2');
  network.settle();
  for (const id of TWO.devices) told(network, id);
  network.keys.transfer(HOME, 'pne-1');
  network.settle();
  network.keys.transfer(HOME, undefined);
  network.settle();
  assert.equal([told(network, 'pne-1'), told(network, 'pne-2')], [[[HOME, 'pne-1', undefined]], []]);
});

test('members of a PN are told of its new gateway, and by whom it is proved, before they lose the former', () => {
  const network = withHome();
  for (const id of TWO.devices) told(network, id);
  network.keys.switchGateway(HOME, 'b');
  network.settle();
  const { cred } = network.identity('b').credential;
  for (const id of TWO.devices) {
    assert.equal(network.device(id).notices, [
      { reference: HOME, owner: 'pne-1', gateway: 'b', credential: cred },
    ]);
    told(network, id);
  }
  network.pass(1000);
  for (const id of TWO.devices) {
    assert.is(network.device(id).events, undefined);
    network.connect(id, 'b');
  }
  network.settle();
  network.keys.switchGateway(HOME, undefined);
  network.settle();
  for (const id of TWO.devices) assert.equal(told(network, id), [[HOME, 'pne-1', undefined]]);
});

test('what is lost is told again until it is heard, and to the PNE once', () => {
  const network = withHome();
  told(network, 'pne-2');
  for (const end of ['from', 'to'] as const) {
    let lost = 0;
    network.air = (message, towards, from) => {
      if ((end === 'from' ? from : towards) !== 'pne-2' || lost >= 3) return [message];
      lost += 1;
      return [];
    };
    network.keys.transfer(HOME, end);
    network.pass(60_000);
    assert.equal([lost, told(network, 'pne-2')], [3, [[HOME, end, undefined]]]);
  }
  const before = network.time.running;
  network.pass(120_000);
  assert.ok(network.time.running <= before);
});

test('a PNE that was away is told how it stands now, and nothing of what was in between', () => {
  const network = withHome();
  told(network, 'pne-2');
  network.disconnect('pne-2');
  for (const owner of ['x', 'y', 'z']) network.keys.transfer(HOME, owner);
  network.pass(600_000, 10_000);
  assert.equal(told(network, 'pne-2'), []);
  network.connect('pne-2');
  network.settle();
  assert.equal(told(network, 'pne-2'), [[HOME, 'z', undefined]]);
});

test('a PNE that starts anew is told anew', () => {
  const network = withHome();
  network.restart('pne-2');
  network.settle();
  assert.equal(told(network, 'pne-2'), [[HOME, 'pne-1', undefined]]);
});

test('what was heard is not said again, and what nobody hears so often and no more', () => {
  const network = withHome();
  const sent: number[] = [];
  const agreement = {} as Agreement;
  const time = new VirtualTime();
  const notices = new ServiceNotices({
    after: time.after,
    random: () => 0,
    groups: () => network.keys.groups,
    gatewayCredential: () => undefined,
    send: (_pneId, _agreement, message) => sent.push(decodeNotice(message).serial),
  });
  notices.receive('pne-1', agreement, encodeHeard(0));
  assert.equal(sent.splice(0), [0, 1]);
  notices.receive('pne-1', agreement, encodeHeard(1));
  notices.tell('pne-1');
  notices.tell('pne-2');
  assert.equal([sent, time.running], [[], 0]);
  notices.receive('pne-1', {} as Agreement, encodeHeard(0));
  time.pass(3_600_000);
  assert.equal(sent, [0, ...Array(keyMaxRequests).fill(1)]);
  notices.forget('pne-1');
  assert.is(time.running, 0);
});

test('a PNE asks to be told until it is, or so often and no more', () => {
  const time = new VirtualTime();
  const sent: Uint8Array[] = [];
  const pace = { after: time.after, random: () => 0, heard: 0 };
  const notices = new PneNotices(() => undefined);
  notices.bind({ pace, send: (message: Uint8Array) => sent.push(message) } as unknown as KeyHost);
  notices.start();
  notices.receive(encodeHeard(0));
  time.pass(3_600_000);
  assert.equal(sent.splice(0), [encodeHeard(0)]);
  notices.start();
  time.pass(3_600_000);
  assert.is(sent.length, keyMaxRequests);
});

test('that something was heard which was not said changes nothing', () => {
  const network = withHome();
  const { host } = network.device('pne-2').services as unknown as { readonly host: KeyHost };
  let lost = 0;
  network.air = (message, towards) => {
    if (towards !== 'pne-2' || lost > 0) return [message];
    lost += 1;
    return [];
  };
  told(network, 'pne-2');
  network.keys.transfer(HOME, 'x');
  network.settle();
  for (const serial of [1, 99]) host.send(encodeHeard(serial));
  host.send(encodeFlat([16, 2, 3]));
  network.pass(30_000);
  assert.equal(told(network, 'pne-2'), [[HOME, 'x', undefined]]);
  assert.equal(
    network.refusals.map(({ reason }) => reason),
    ['messageInvalid'],
  );
});

test('a message with an item of another kind, too large, or too many is refused, and tells nothing', () => {
  const nothing = new Uint8Array(0);
  const notice: GroupNotice = { reference: 1, owner: 'a', gateway: 'b', credential: nothing };
  assert.equal(decodeNotice(encodeNotice(7, notice)), { serial: 7, notice });
  assert.equal([decodeHeard(encodeHeard(7)), decodeNotice(encodeHeard(0))], [7, { serial: 0 }]);
  const others: FlatItem[][] = [
    [16],
    [16, 1],
    [16, 2 ** 32],
    [16, 'x'],
    [16, 1, 1],
    [16, 1, 1, '', ''],
    [16, 0, 1, '', '', nothing],
    [16, 1, 2 ** 21, '', '', nothing],
    [16, 1, 1, 1, '', nothing],
    [16, 1, 1, '', nothing, nothing],
    [16, 1, 1, 'x'.repeat(129), '', nothing],
    [16, 1, 1, '', '', new Uint8Array(257)],
    [16, 1, 1, '', '', ''],
    [16, 1, 1, '', '', nothing, 0],
    [15, 1, 1, '', '', nothing],
  ];
  const calls: unknown[] = [];
  const notices = new PneNotices((each) => calls.push(each));
  notices.bind({ send: (message: Uint8Array) => calls.push(message) } as unknown as KeyHost);
  for (const items of others) {
    const bytes = encodeFlat(items);
    assert.ok(refusalOf(() => notices.receive(bytes)) !== undefined, `${items}`);
    if (items.length !== 2 || items[1] !== 1)
      assert.ok(refusalOf(() => decodeHeard(bytes)) !== undefined, `${items}`);
  }
  assert.equal(calls, []);
});

test('a PNE that asks for no notices gets none: what it does not know is refused', () => {
  const network = withHome();
  const bytes = encodeNotice(1, {
    reference: 1,
    owner: 'x',
    gateway: undefined,
    credential: new Uint8Array(0),
  });
  const asker = network.device('pne-1').services as unknown as BoundKeys & {
    notices: PneNotices | undefined;
  };
  asker.notices = undefined;
  assert.throws(() => asker.receive(bytes), /messageInvalid/);
});

test.run();
