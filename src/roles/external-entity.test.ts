// SPDX-License-Identifier: Apache-2.0

/** Readings to an external entity and contents from it, over links that come and go. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Authentication, Confidentiality, Integrity } from '../negotiation/mechanisms.ts';
import { NodeLimits } from '../node-limits.ts';
import { BRIDGE, Cpns5, OTHER, type TestEntity } from './cpns-5.testing.ts';

const test = suite('external entity');
/** Readings that pass over links that end. */
const COUNT = 10;
const { entityMaxUnderWay, entityPollMs, entityMaxRequests } = NodeLimits;

function joined(): { net: Cpns5; entity: TestEntity } {
  const net = new Cpns5();
  net.grant('bridge');
  return { net, entity: net.join() };
}

/** Ids of what came, in its order. */
function idsOf(entity: TestEntity): number[] {
  return entity.readings.map(({ reading }) => reading.id);
}

function keep(net: Cpns5, from: number, count: number): void {
  for (let id = from; id < from + count; id += 1) net.store.keep('bridge', 'pne-1', id);
  net.links.proceed();
  net.settle();
}

test('both ends prove who they are, and what passes is encrypted with a tag of 128 bits', () => {
  const { net, entity } = joined();
  assert.ok(entity.isThere);
  assert.equal([net.agreements[0]!.peer.subject, entity.agreements[0]!.peer.subject], ['bridge', 'server']);
  const { authentication, toInitiator, toResponder } = entity.agreements[0]!.choice;
  assert.is(authentication, Authentication.method3);
  for (const { integrity, confidentiality } of [toInitiator, toResponder])
    assert.equal([integrity, confidentiality], [Integrity.tag128, Confidentiality.a128Gcm]);
});

test('a reading is kept until it is taken, and comes once', () => {
  const { net, entity } = joined();
  keep(net, 0, 1);
  assert.equal(
    entity.readings.map(({ reading: { pneId, id, arrived, value } }) => [pneId, id, arrived, value]),
    [['pne-1', 0, 1000, { value: 0 }]],
  );
  net.clock.pass(3 * entityPollMs);
  net.settle();
  assert.equal(net.store.forgotten, []);
  entity.readings[0]!.taken();
  entity.readings[0]!.taken();
  net.settle();
  assert.equal(net.store.forgotten, ['r0']);
  assert.equal([idsOf(entity), net.refusals, entity.refusals], [[0], [], []]);
});

test('whoever is slow gets no more than has room under way, and the rest in order afterwards', () => {
  const { net, entity } = joined();
  keep(net, 0, 3 * entityMaxUnderWay);
  assert.is(entity.readings.length, entityMaxUnderWay);
  for (let taken = 0; taken < 3 * entityMaxUnderWay; taken += 1) {
    entity.readings[taken]!.taken();
    net.settle();
    assert.ok(entity.readings.length - taken - 1 <= entityMaxUnderWay);
  }
  assert.equal(
    idsOf(entity),
    Array.from({ length: 3 * entityMaxUnderWay }, (_, id) => id),
  );
  assert.equal(net.store.kept.get('bridge'), []);
});

test('after a lost link whatever was not taken comes again, and what was taken meanwhile does not come twice', () => {
  const { net, entity } = joined();
  keep(net, 0, 4);
  entity.readings[0]!.taken();
  net.settle();
  // It is on its way when the link ends: the server has not heard of it.
  net.tap = () => [];
  entity.readings[1]!.taken();
  net.settle();
  entity.close();
  net.settle();
  assert.not.ok(entity.isThere);
  entity.readings[2]!.taken();
  net.tap = (message) => [message];
  entity.rejoin();
  net.settle();
  assert.ok(entity.isThere);
  assert.equal(idsOf(entity), [0, 1, 2, 3]);
  assert.equal(net.store.forgotten, ['r0', 'r1', 'r2']);
  entity.readings[3]!.taken();
  net.settle();
  assert.equal(net.store.kept.get('bridge'), []);
  keep(net, 4, 1);
  assert.equal(idsOf(entity), [0, 1, 2, 3, 4]);
});

test('links that end at any message lose nothing and double nothing', () => {
  // An interpreter without a compiler takes one of them.
  for (const at of 'WebAssembly' in globalThis ? [4, 5, 12] : [5]) {
    const { net, entity } = joined();
    let sent = 0;
    net.tap = (message) => {
      sent += 1;
      if (sent % at !== 0) return [message];
      entity.close();
      return [];
    };
    for (let id = 0; id < COUNT; id += 1) net.store.keep('bridge', 'pne-1', id);
    for (let round = 0; round < 12; round += 1) {
      if (round === 6) net.tap = (message) => [message];
      if (!entity.isOpen) entity.rejoin();
      net.links.proceed();
      net.settle();
      entity.readings.forEach((each, index) => {
        if ((index + round) % 3 > 0) each.taken();
      });
      net.settle();
      net.clock.pass(60_000);
    }
    assert.equal(
      [at, idsOf(entity).sort((a, b) => a - b)],
      [at, Array.from({ length: COUNT }, (_, id) => id)],
    );
    assert.equal([at, net.store.kept.get('bridge')], [at, []]);
  }
});

test('what is not kept is named, until that is taken', () => {
  const { net, entity } = joined();
  const dropped = { pneId: 'pne-1', count: 3, first: 7, last: 9 };
  net.store.drop('bridge', dropped);
  net.links.proceed();
  net.settle();
  assert.equal(
    entity.dropped.map((each) => each.dropped),
    [dropped],
  );
  entity.dropped[0]!.taken();
  net.settle();
  assert.equal(net.store.kept.get('bridge'), []);
});

test('readings that another process has kept are found', () => {
  const { net, entity } = joined();
  net.store.keep('bridge', 'pne-1', 5);
  net.settle();
  assert.equal(idsOf(entity), []);
  net.clock.pass(entityPollMs);
  net.settle();
  assert.equal(idsOf(entity), [5]);
});

test('a store that fails ends the link, where nobody can tell what is still kept', () => {
  const { net, entity } = joined();
  keep(net, 0, 1);
  net.store.fails = true;
  entity.readings[0]!.taken();
  net.settle();
  assert.not.ok(entity.isOpen);
  net.store.fails = false;
  entity.rejoin();
  net.settle();
  assert.equal(idsOf(entity), [0]);
  assert.equal(net.store.kept.get('bridge'), []);
});

test('a store that is slow is asked once at a time, and nothing comes of it after the link', () => {
  const { net, entity } = joined();
  net.store.isSlow = true;
  for (let times = 0; times < 5; times += 1) keep(net, times, 1);
  assert.is(net.store.answers.length, 1);
  entity.close();
  net.settle();
  for (const answer of net.store.answers.splice(0)) answer();
  net.settle();
  assert.equal(idsOf(entity), []);
});

test('an entity learns which PNEs there are and what it may do with each, as that changes', () => {
  const { net, entity } = joined();
  assert.equal(
    [...entity.devices],
    [
      ['pne-1', 3],
      ['pne-2', 3],
    ],
  );
  net.pnes.splice(0, 1);
  net.pnes.push('pne-3');
  net.links.refresh();
  net.settle();
  assert.equal(
    [...entity.devices],
    [
      ['pne-2', 3],
      ['pne-3', 3],
    ],
  );
  net.grant('bridge', 1, 2, 3);
  net.links.refresh();
  net.settle();
  assert.equal(
    [...entity.devices],
    [
      ['pne-2', 1],
      ['pne-3', 2],
    ],
  );
});

test('a content is answered when it is stored, and told of when it has come to its end', () => {
  const { net, entity } = joined();
  entity.deliver('pne-2', { interval: 1000 });
  net.settle();
  assert.equal(
    net.contents.map(({ pneId, value }) => [pneId, value]),
    [['pne-2', { interval: 1000 }]],
  );
  net.contents[0]!.taken(4);
  net.links.settle('pne-1', 4, 'delivered');
  net.links.settle('pne-2', 3, 'delivered');
  net.settle();
  assert.equal(entity.outcomes, []);
  net.links.settle('pne-2', 4, 'rejected');
  net.settle();
  assert.equal(entity.outcomes, ['rejected']);
});

test('a content that cannot be stored, or waits behind too many, is told of as that', () => {
  const { net, entity } = joined();
  entity.deliver('pne-1', 1);
  net.settle();
  net.contents[0]!.taken(undefined);
  net.isFull = true;
  entity.deliver('pne-1', 2);
  net.settle();
  assert.equal(entity.outcomes, ['busy', 'busy']);
  net.isFull = false;
  for (let count = 0; count < entityMaxRequests; count += 1) entity.deliver('pne-1', count);
  assert.throws(() => entity.deliver('pne-1', 0), /queueFull/);
  assert.throws(() => entity.deliver('pne-1', () => 0), /queueFull|badArgument/);
});

test('of contents whose link has ended nobody can tell, and without a link none is sent', () => {
  const { net, entity } = joined();
  entity.deliver('pne-1', 1);
  net.settle();
  entity.deliver('pne-1', 2);
  entity.close();
  net.settle();
  assert.equal(entity.outcomes, ['unknown', 'unknown']);
  assert.throws(() => entity.deliver('pne-1', 3), /linkClosed/);
  net.contents[0]!.taken(0);
  net.links.settle('pne-1', 0, 'delivered');
  net.settle();
  assert.equal([entity.outcomes.length, net.refusals], [2, []]);
});

test('a newer link of an entity ends its older one, and not that of another', () => {
  const { net, entity } = joined();
  net.grant('dashboard');
  const other = net.join({ identity: OTHER });
  const newer = net.join({ identity: BRIDGE });
  assert.equal([entity.isOpen, other.isOpen, newer.isOpen], [false, true, true]);
  keep(net, 0, 1);
  assert.equal([idsOf(entity), idsOf(other), idsOf(newer)], [[], [], [0]]);
});

test('one that sends contents alone gets nothing else', () => {
  const net = new Cpns5();
  net.grant('bridge');
  const entity = net.join({ follows: false });
  keep(net, 0, 1);
  assert.equal([idsOf(entity), entity.devices.size], [[], 0]);
  entity.deliver('pne-1', 1);
  net.settle();
  assert.is(net.contents.length, 1);
});

test.run();
