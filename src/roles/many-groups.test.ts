// SPDX-License-Identifier: Apache-2.0

/** A PNE in as many groups as it has room for. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { GroupNetwork } from './group-network.testing.ts';

const test = suite('many groups');

const { pneMaxGroups } = ImplementationLimits;

function create(groups: number): GroupNetwork {
  const network = new GroupNetwork({ devices: ['pne-1', 'pne-2'] });
  for (let count = 0; count < groups; count++)
    network.keys.create({ kind: 'service', name: `${count}`, members: ['pne-1', 'pne-2'] });
  network.settle();
  return network;
}

// The first test of a suite has less of XS's stack than those behind it.
test('a server begins without groups', () => {
  assert.equal(new GroupNetwork({ devices: ['pne-1'] }).keys.groups, []);
});

test('more groups than a PNE has room for are refused there, and the others work', () => {
  const network = create(pneMaxGroups + 1);
  const { keys, refusals } = network.device('pne-1');
  assert.is(keys.groups.length, pneMaxGroups);
  assert.ok(refusals.includes('groupFull'));
  keys.publish(2, 'one');
  network.settle();
  assert.equal(network.device('pne-2').contents, [[2, 'one']]);
});

// A request for so many keys is an array whose head has two bytes: the server took its length for its type.
test('a PNE in as many groups as it has room for, and a PN, learns after a restart what it missed', () => {
  const network = create(pneMaxGroups);
  network.keys.create({ kind: 'pn', name: 'home', members: ['pne-1'] });
  network.settle();
  network.disconnect('pne-1');
  network.keys.rekey(2);
  network.settle();
  network.restart('pne-1');
  const { groups } = network.device('pne-1').keys;
  assert.is(groups.length, pneMaxGroups + 1);
  assert.is(groups.find(({ reference }) => reference === 2)?.epoch, 2);
  assert.equal(network.refusals, []);
});

test('the end of a PN is told to the links of gateways that there are, and to none that is gone', () => {
  const network = create(0);
  network.keys.create({ kind: 'pn', name: 'home', members: ['pne-1'] });
  network.settle();
  for (let round = 0; round < 3; round++) {
    network.rejoin('gateway');
    network.connect('pne-1');
    network.settle();
  }
  assert.is(network.told.length, 4);
  network.keys.end(1);
  network.settle();
  assert.is(network.told.length, 5);
});

test.run();
