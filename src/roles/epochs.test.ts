// SPDX-License-Identifier: Apache-2.0

/** Boots, clones, and stores that were erased or rolled back: numbers do not outlive their epoch. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { refusedAt } from './attacker.testing.ts';
import type { TestNetwork } from './network.testing.ts';
import { connected, outcomes, passAll, recover, sorted, upTo, values } from './scenario.testing.ts';

const test = suite('epochs');

/** Each reading that the PNE was told of as accepted is at the server, once. */
function assertHonest(network: TestNetwork): void {
  assert.is(new Set(network.received.map(({ id }) => id)).size, network.received.length);
  assert.ok(outcomes(network, 'accepted') <= network.received.length);
}

test('a PNE whose store was erased is told, named, and delivers under a later epoch', () => {
  const network = connected();
  for (let value = 0; value < 10; value += 1) {
    network.pne.report(value);
    network.settle();
  }
  network.boots.epoch = undefined;
  network.restart('pne');
  network.linkUp();
  for (let value = 10; value < 16; value += 1) network.pne.report(value);
  recover(network);
  assert.equal(sorted(network), upTo(16));
  assert.is(outcomes(network, 'accepted'), 16);
  assert.is(network.boots.epoch, 2);
  assert.equal(refusedAt(network, 'server'), ['epochBehind']);
  assertHonest(network);
});

test('a copy of a store under the same counter is another boot', () => {
  const network = connected();
  network.pne.report(0);
  network.settle();
  network.boots.epoch = 0;
  network.restart('pne');
  network.pne.report(1);
  recover(network);
  assert.equal(values(network), [0, 1]);
  assert.equal(refusedAt(network, 'server'), ['epochBehind']);
  assertHonest(network);
});

test('what was sent in an epoch that the server has left has an unknown outcome, and is not sent again', () => {
  const network = connected();
  network.relay = (message, towards) => (towards === 'server' ? [message] : []);
  network.pne.report('delivered, and not confirmed');
  network.settle();
  // The clone: a boot that the server has seen meanwhile.
  const [id, record] = [...network.stored.records][0]!;
  network.stored.records.set(id, { ...record, boot: { epoch: 9, tag: new Uint8Array(4) } });
  network.restart('server');
  passAll(network);
  recover(network);
  assert.equal(network.receipts, [{ handle: 0, outcome: 'unknown' }]);
  network.pne.report('next');
  recover(network, 2);
  assert.is(network.boots.epoch, 10);
  assert.equal(values(network), ['delivered, and not confirmed', 'next']);
  assertHonest(network);
});

test('a corrupt counter, or one that no device can have counted, ends no boot', () => {
  for (const epoch of [undefined, Number.MAX_SAFE_INTEGER, ImplementationLimits.maxBootEpoch + 1]) {
    const network = connected();
    network.boots.epoch = epoch;
    network.restart('pne');
    network.pne.report('reading');
    recover(network);
    assert.equal(values(network), ['reading']);
    assert.is(network.boots.epoch, 2);
  }
});

test('a server that lost its store delivers new contents, and reports that it was behind', () => {
  const network = connected();
  for (const value of ['a', 'b', 'c']) network.server.deliver('pne-1', value);
  network.settle();
  network.stored.records.clear();
  network.restart('server');
  for (const value of ['d', 'e']) network.server.deliver('pne-1', value);
  network.pne.report('reading');
  recover(network);
  assert.equal(network.contents, ['a', 'b', 'c', 'd', 'e']);
  assert.ok(refusedAt(network, 'server').includes('storeBehind'));
  assert.equal(values(network), ['reading']);
});

test('a server whose store was rolled back does not take new contents for old ones', () => {
  const network = connected();
  network.server.deliver('pne-1', 'a');
  network.settle();
  const earlier = new Map(network.stored.records);
  network.server.deliver('pne-1', 'b');
  network.settle();
  for (const [pneId, record] of earlier) network.stored.records.set(pneId, record);
  network.restart('server');
  network.server.deliver('pne-1', 'c');
  recover(network);
  assert.equal(network.contents, ['a', 'b', 'c']);
});

test('a content that was sent to a PNE which restarted is reported, and not sent again', () => {
  const network = connected();
  network.relay = (message, towards) => (towards === 'server' ? [] : [message]);
  network.server.deliver('pne-1', 'received, and not confirmed');
  network.server.deliver('pne-1', 'waiting');
  network.settle();
  network.restart('pne');
  passAll(network);
  recover(network);
  assert.equal(network.contents, ['received, and not confirmed', 'waiting']);
  assert.equal(network.settled, [
    { ticket: 0, outcome: 'unknown' },
    { ticket: 1, outcome: 'delivered' },
  ]);
});

test.run();
