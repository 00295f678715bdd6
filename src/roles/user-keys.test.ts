// SPDX-License-Identifier: Apache-2.0

/** The key of a PNE becomes its user's: what a gateway tells it, what it asks the server for, and what it gets. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { userKeyOf } from '../keys/hierarchy.ts';
import type { UserClaim } from '../keys/user-code.ts';
import { proofOf } from '../keys/wrapping.ts';
import { type ReasonName, Refusal } from '../refusal.ts';
import { GroupNetwork, type GroupNetworkOptions, SERVER_ROOT } from './group-network.testing.ts';
import { PROVIDER } from './identities.testing.ts';
import { Status } from './status.ts';
import { claimUser, type UserCode } from './user-assignment.ts';
import type { UserRegistry } from './user-desk.ts';
import { encodeTrigger } from './user-message.ts';

const test = suite('user keys');
const DEVICES = Object.freeze(['pne-1', 'pne-2']);
const REGISTERED: UserCode = Object.freeze({
  until: 1,
  tries: 0,
  key: Uint8Array.of(1),
  gateway: 'gateway',
  pneId: 'pne-1',
});

/** Anna, of whom pne-1 is, has been registered for it by the gateway. */
class Users implements UserRegistry {
  code = REGISTERED;
  claims = 0;
  isBroken = false;
  net: GroupNetwork | undefined;

  /** All PNEs are in one group then. */
  join(net: GroupNetwork): void {
    this.net = net;
    net.keys.create({ kind: 'service', name: 'lights', members: DEVICES });
    net.settle();
  }

  claim(claim: UserClaim, done: (refused: ReasonName | undefined) => void): void {
    this.net!.queue.push(() => done(this.claimed(claim)));
  }

  private claimed(claim: UserClaim): ReasonName | undefined {
    if (this.isBroken) return 'storeFailed';
    const { users } = this.net!.store;
    const former = users.get(claim.pneId);
    try {
      const devices = claim.user === 'anna' ? ['pne-1'] : undefined;
      const code = claimUser({ devices, code: this.code }, claim, 0, former);
      if (code === undefined) return undefined;
      this.code = code;
      this.claims += 1;
      const salt = new Uint8Array(16).fill(this.claims);
      users.set(claim.pneId, { epoch: former!.epoch + 1, salt, isRevoked: false, user: claim.user });
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error.reasonName;
      throw error;
    }
  }
}

/** Each test makes its network itself: one frame more below that, and XS has no room. */
function optionsOf(users: UserRegistry): GroupNetworkOptions {
  return { devices: DEVICES, gateways: ['gateway', 'attic'], users };
}

function trigger(net: GroupNetwork, id: string, user: string, gateway = 'gateway'): void {
  net.gateways.get(gateway)!.gateway.trigger(id, user);
  net.settle();
}

/** The epoch of a PNE's user key at the server, and whose it is. */
function keyOf(net: GroupNetwork, id: string): readonly [number, string | undefined] {
  const { epoch, user } = net.store.users.get(id)!;
  return [epoch, user];
}

function saysOf(net: GroupNetwork, id: string, value: unknown): void {
  net.device(id).keys.publish(2, value);
  net.settle();
}

// The first test of a suite has less of XS's stack than those behind it: it asks nobody.
test('the key of a user is another than the device would have, or another user of it', () => {
  const record = { epoch: 2, salt: new Uint8Array(16) };
  const proof = (user?: string) =>
    proofOf(PROVIDER, userKeyOf(PROVIDER, SERVER_ROOT, 'pne-1', record, user), 0, 2).join();
  assert.is(new Set([proof(), proof('anna'), proof('bob')]).size, 3);
});

test('a PNE whose user was registered gets a key that is his, and stays in its groups with it', () => {
  const users = new Users();
  const net = new GroupNetwork(optionsOf(users));
  users.join(net);
  assert.equal(keyOf(net, 'pne-1'), [1, undefined]);
  trigger(net, 'pne-1', 'anna');
  assert.equal([keyOf(net, 'pne-1'), net.device('pne-1').users], [[2, 'anna'], ['anna']]);
  assert.equal([keyOf(net, 'pne-2'), net.device('pne-2').users], [[1, undefined], []]);
  net.keys.rekey(2);
  net.settle();
  saysOf(net, 'pne-1', 'hello');
  assert.equal(net.device('pne-2').contents, [[2, 'hello']]);
  assert.equal(net.keys.holders(2), DEVICES);
});

test('over restarts of both ends it stays his, and nothing is sent for that', () => {
  const users = new Users();
  const net = new GroupNetwork(optionsOf(users));
  users.join(net);
  trigger(net, 'pne-1', 'anna');
  net.restart('pne-1');
  net.restartServer();
  for (const id of DEVICES) net.device(id).pne.report('are you there');
  net.pass(60_000);
  saysOf(net, 'pne-1', 'again');
  assert.equal([keyOf(net, 'pne-1'), net.device('pne-1').users], [[2, 'anna'], []]);
  assert.equal(net.device('pne-2').contents, [[2, 'again']]);
  trigger(net, 'pne-1', 'anna');
  assert.equal([keyOf(net, 'pne-1'), users.claims], [[2, 'anna'], 1]);
});

test('a PNE that has lost its store gets the same key, and learns whose it is', () => {
  const users = new Users();
  const net = new GroupNetwork(optionsOf(users));
  users.join(net);
  const backup = net.backup('pne-1');
  trigger(net, 'pne-1', 'anna');
  net.restart('pne-1', { medium: backup.medium, boot: net.device('pne-1').boot });
  assert.equal([keyOf(net, 'pne-1'), net.device('pne-1').users], [[2, 'anna'], ['anna']]);
});

test('a gateway that names somebody who is not registered, or for another PNE, brings nothing', () => {
  const users = new Users();
  const net = new GroupNetwork(optionsOf(users));
  users.join(net);
  trigger(net, 'pne-1', 'bob');
  trigger(net, 'pne-2', 'anna');
  assert.equal(net.device('pne-1').users, [`bob ${Status.userUnknown}`]);
  assert.equal(net.device('pne-2').users, [`anna ${Status.userForeign}`]);
  assert.equal(
    [keyOf(net, 'pne-1'), keyOf(net, 'pne-2')],
    [
      [1, undefined],
      [1, undefined],
    ],
  );
  users.code = { ...REGISTERED, gateway: 'attic' };
  trigger(net, 'pne-1', 'anna');
  assert.equal(net.device('pne-1').users.slice(1), [`anna ${Status.userForeign}`]);
  assert.equal([keyOf(net, 'pne-1'), users.claims], [[1, undefined], 0]);
  saysOf(net, 'pne-1', 'as before');
  assert.equal(net.device('pne-2').contents, [[2, 'as before']]);
});

test('a PNE that went to another gateway is asked for in vain by the former', () => {
  const users = new Users();
  const net = new GroupNetwork(optionsOf(users));
  users.join(net);
  net.connect('pne-1', 'attic');
  net.settle();
  trigger(net, 'pne-1', 'anna');
  assert.equal(net.device('pne-1').users, []);
  trigger(net, 'pne-1', 'anna', 'attic');
  assert.equal(net.device('pne-1').users, [`anna ${Status.userForeign}`]);
});

test('a server or another PNE tells no PNE by a gateway whose key to ask for', () => {
  const users = new Users();
  const net = new GroupNetwork(optionsOf(users));
  users.join(net);
  const before = net.refusals.length;
  const trigger = encodeTrigger('anna');
  net.inject('gateway', Uint8Array.of(0x82, 0, 0x40 + trigger.length, ...trigger), 'gateway');
  net.inject('gateway', Uint8Array.of(0x82, 1, 0x40 + trigger.length, ...trigger), 'server');
  assert.equal([net.device('pne-1').users, keyOf(net, 'pne-1')], [[], [1, undefined]]);
  assert.is(net.refusals.length, before + 2);
});

test('lost requests, answers and keys are made good, and there is one new key', () => {
  for (let lost = 0; lost < 6; lost++) {
    const users = new Users();
    const net = new GroupNetwork(optionsOf(users));
    users.join(net);
    let count = 0;
    net.relay = (message) => (count++ === lost ? [] : [message]);
    trigger(net, 'pne-1', 'anna');
    net.pass(60_000);
    assert.equal([keyOf(net, 'pne-1'), users.claims], [[2, 'anna'], 1], `message ${lost}`);
    assert.ok(net.device('pne-1').users.includes('anna'), `message ${lost}`);
  }
});

test('while the store fails nothing is answered, and then it is', () => {
  const users = new Users();
  const net = new GroupNetwork(optionsOf(users));
  users.join(net);
  users.isBroken = true;
  trigger(net, 'pne-1', 'anna');
  net.pass(10_000);
  assert.equal([keyOf(net, 'pne-1'), net.device('pne-1').users], [[1, undefined], []]);
  users.isBroken = false;
  net.pass(20_000);
  assert.equal([keyOf(net, 'pne-1'), net.device('pne-1').users], [[2, 'anna'], ['anna']]);
});

test('a gateway that names many gets one question at a time out of a PNE', () => {
  const users = new Users();
  const net = new GroupNetwork(optionsOf(users));
  users.join(net);
  net.relay = (message, towards) => (towards === 'server' ? [] : [message]);
  trigger(net, 'pne-1', 'bob');
  for (let turn = 0; turn < 50; turn++) trigger(net, 'pne-1', `u${turn}`);
  net.relay = (message) => [message];
  net.pass(30_000);
  assert.equal(net.device('pne-1').users, [`bob ${Status.userUnknown}`]);
  assert.ok(net.device('pne-1').refusals.includes('queueFull'));
});

test('his key is revoked with his device, whose groups have others', () => {
  const users = new Users();
  const net = new GroupNetwork(optionsOf(users));
  users.join(net);
  trigger(net, 'pne-1', 'anna');
  net.keys.revoke('pne-1');
  net.settle();
  assert.equal(net.device('pne-1').withheld, [0]);
  assert.equal(keyOf(net, 'pne-1'), [3, undefined]);
  users.code = REGISTERED;
  trigger(net, 'pne-1', 'anna');
  assert.equal(net.device('pne-1').users, ['anna', `anna ${Status.notAuthorized}`]);
});

test('a PNE without that part goes on as ever, whatever its gateway says', () => {
  const net = new GroupNetwork({ devices: DEVICES });
  net.gateways.get('gateway')!.gateway.trigger('pne-1', 'anna');
  net.settle();
  assert.equal(net.device('pne-1').refusals.slice(-1), ['messageInvalid']);
  net.device('pne-1').pne.report('on');
  net.settle();
  assert.equal(
    net.readings.map(({ value }) => value),
    ['on'],
  );
});

test.run();
