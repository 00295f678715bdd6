// SPDX-License-Identifier: Apache-2.0

/** Groups between real roles: who is a member reads what follows, whatever restarts and gets lost on the way. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GroupNetwork } from './group-network.testing.ts';
import { create, DEVICES, epochs, GROUP, REFERENCE, readers } from './groups.testing.ts';

const test = suite('groups');

// The first test of a suite has less of XS's stack than those behind it.
test('without a group a PNE has no key', () => {
  assert.equal(new GroupNetwork({ devices: ['pne-1'] }).device('pne-1').keys.groups, []);
});

test('members of a group have its key, and nobody else', () => {
  const network = create();
  assert.equal(epochs(network), [1, 1, undefined]);
  assert.equal(network.refusals, []);
});

test('a content goes to the other members, at this gateway and at others', () => {
  const network = create({ gateways: ['a', 'b'] });
  assert.equal(readers(network, 'pne-1', 'one'), ['pne-2']);
  network.connect('pne-2', 'b');
  network.settle();
  assert.equal(readers(network, 'pne-1', 'two'), ['pne-2']);
  assert.equal(readers(network, 'pne-2', 'three'), ['pne-1']);
  assert.equal(network.refusals, []);
});

test('who joins reads what follows and nothing that came before', () => {
  const network = create();
  const kept: Uint8Array[] = [];
  network.air = (message, towards) => {
    if (towards === 'pne-2') kept.push(message);
    return [message];
  };
  readers(network, 'pne-1', 'before');
  network.keys.add(REFERENCE, 'pne-3');
  network.settle();
  assert.equal(epochs(network), [2, 2, 2]);
  assert.equal(readers(network, 'pne-1', 'after'), ['pne-2', 'pne-3']);
  assert.equal(network.device('pne-3').contents, [[REFERENCE, 'after']]);
});

test('who is removed reads nothing that follows, and has no key any more', () => {
  const network = create({}, { ...GROUP, members: DEVICES });
  assert.equal(readers(network, 'pne-1', 'one'), ['pne-2', 'pne-3']);
  network.keys.remove(REFERENCE, 'pne-2');
  network.settle();
  assert.equal(epochs(network), [2, undefined, 2]);
  assert.equal(readers(network, 'pne-1', 'two'), ['pne-3']);
  assert.throws(() => network.device('pne-2').keys.publish(REFERENCE, 'three'));
  // Nor after a restart, though nobody tells it again.
  network.air = () => [];
  network.restart('pne-2');
  assert.equal(epochs(network), [2, undefined, 2]);
});

test('who is removed and added again before it has heard of the first has a key and a seat', () => {
  const network = create();
  network.keys.remove(REFERENCE, 'pne-2');
  network.keys.add(REFERENCE, 'pne-2');
  network.settle();
  network.pass(60_000);
  assert.equal(epochs(network), [3, 3, undefined]);
  assert.equal(readers(network, 'pne-1', 'again'), ['pne-2']);
  assert.equal(network.refusals, []);
});

test('a PNE leaves by itself, and joins where the server permits it', () => {
  const network = create({ permits: (pneId) => pneId !== 'pne-3' });
  network.device('pne-2').keys.leave(REFERENCE);
  network.settle();
  assert.equal(epochs(network), [2, undefined, undefined]);
  network.device('pne-2').keys.join(REFERENCE);
  network.device('pne-3').keys.join(REFERENCE);
  network.settle();
  assert.equal(epochs(network), [3, 3, undefined]);
  assert.equal(network.device('pne-3').withheld, [REFERENCE]);
});

test('a group that ends leaves no key', () => {
  const network = create();
  network.keys.end(REFERENCE);
  network.settle();
  assert.equal(epochs(network), [undefined, undefined, undefined]);
  network.restart('pne-1');
  assert.equal(epochs(network), [undefined, undefined, undefined]);
});

test('a PN has a key as a service group has, beside it', () => {
  const network = create();
  network.keys.create({ kind: 'pn', name: 'home', members: DEVICES });
  network.settle();
  network.device('pne-3').keys.publish(1, 'to the PN');
  network.settle();
  assert.equal(network.device('pne-1').contents, [[1, 'to the PN']]);
  assert.equal(
    network.device('pne-1').keys.groups.map(({ reference }) => reference),
    [2, 1],
  );
});

test('a gateway that has members of a PN reads what is said there, in its present key, and nothing of other groups', () => {
  const network = create({ gateways: ['a', 'b'] });
  network.connect('pne-2', 'b');
  network.keys.create({ kind: 'pn', name: 'home', members: ['pne-1', 'pne-2'] });
  network.settle();
  const say = (value: string) => {
    network.device('pne-1').keys.publish(1, value);
    readers(network, 'pne-1', 'to the group');
  };
  say('one');
  assert.equal(network.read.map(({ at, sender, value }) => `${at} ${sender} ${value}`).sort(), [
    'a 0 one',
    'b 0 one',
  ]);
  network.keys.remove(1, 'pne-2');
  network.settle();
  say('two');
  assert.equal(
    network.read.slice(2).map(({ at, value }) => [at, value]),
    [['a', 'two']],
  );
  network.keys.end(1);
  network.settle();
  assert.throws(() => say('three'), /groupUnknown/);
});

test('a re-key of a member that is there takes 30 bytes, and its seat four more', () => {
  const network = create();
  const sizes: number[] = [];
  network.relay = (message, towards) => {
    if (towards === 'gateway') sizes.push(message.length);
    return [message];
  };
  network.keys.rekey(REFERENCE);
  network.settle();
  // Route 4, channel 1, header of the record 3 or 4, tag 8.
  assert.ok(
    sizes.every((size) => size - 16 <= 32),
    `${sizes}`,
  );
  assert.is(sizes.length, 2);
});

test.run();
