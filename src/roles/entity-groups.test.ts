// SPDX-License-Identifier: Apache-2.0

/** External entities that publish to service groups and ask what PNEs can do, and those that may not. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { groupNumber } from '../keys/reference.ts';
import { NodeLimits } from '../node-limits.ts';
import { Cpns5, type TestEntity } from './cpns-5.testing.ts';
import type { CapabilitiesOutcome, PublishOutcome } from './entity-requests.ts';
import { deliverToAll } from './group-delivery.ts';

const test = suite('groups and capabilities on CPNS-5');
const LIGHTS = 2;
const LAMP = { isHere: true, fields: ['lux'], services: ['lighting'] };

function joined(rights: Parameters<Cpns5['grantRights']>[1]): { net: Cpns5; entity: TestEntity } {
  const net = new Cpns5();
  net.capabilities.set('pne-1', LAMP);
  net.grantRights('bridge', rights);
  return { net, entity: net.join({ follows: false }) };
}

function publish({ net, entity }: ReturnType<typeof joined>, group = LIGHTS): PublishOutcome[] {
  const outcomes: PublishOutcome[] = [];
  entity.role.publish(group, { on: true }, (outcome) => void outcomes.push(outcome));
  net.settle();
  return outcomes;
}

function query({ net, entity }: ReturnType<typeof joined>, pneId: string): CapabilitiesOutcome[] {
  const outcomes: CapabilitiesOutcome[] = [];
  entity.role.query(pneId, (outcome) => void outcomes.push(outcome));
  net.settle();
  return outcomes;
}

test('a content for a group is taken from whoever may publish to it, who hears for how many it is stored', () => {
  const state = joined({ publish: [groupNumber(LIGHTS)] });
  const outcomes = publish(state);
  assert.equal(
    state.net.publications.map(({ group, value }) => [group, value]),
    [[LIGHTS, { on: true }]],
  );
  assert.equal(outcomes, []);
  state.net.publications[0]!.done({ queued: 2, missed: 1 });
  state.net.settle();
  assert.equal(outcomes, [{ outcome: 'queued', queued: 2, missed: 1 }]);
});

test('a grant for another group, for a PN of that number, or for contents of its members, permits nothing', () => {
  for (const rights of [{ publish: [2] }, { command: [{ group: LIGHTS }, 'all' as const] }, {}]) {
    const state = joined({ read: ['all'], ...rights });
    assert.equal(publish(state), [{ outcome: 'notAuthorized' }]);
    assert.equal(state.net.publications, []);
  }
  const state = joined({ publish: [groupNumber(LIGHTS)] });
  assert.equal(publish(state, LIGHTS - 1), [{ outcome: 'notAuthorized' }], 'of a PN');
  assert.equal(
    state.net.refusals.map(({ reason, entity }) => [reason, entity]),
    [['notAuthorized', 'bridge']],
  );
});

test('a grant that is revoked meanwhile ends it before the next content', () => {
  const state = joined({ publish: [groupNumber(LIGHTS)] });
  publish(state);
  state.net.grants.revoke('bridge', 1);
  assert.equal(publish(state), [{ outcome: 'notAuthorized' }]);
  assert.is(state.net.publications.length, 1);
});

test('of a group that there is not its publisher is told', () => {
  const state = joined({ publish: [groupNumber(LIGHTS)] });
  state.net.groups.clear();
  assert.equal(publish(state), [{ outcome: 'groupUnknown' }]);
});

test('a second one has to wait until the first is stored, and the link that is lost meanwhile leaves it unknown', () => {
  const state = joined({ publish: [groupNumber(LIGHTS)] });
  const first = publish(state);
  assert.equal(publish(state), [{ outcome: 'busy' }]);
  state.entity.close();
  state.net.settle();
  assert.equal(first, [{ outcome: 'unknown' }]);
  state.net.publications[0]!.done({ queued: 1, missed: 0 });
  state.net.settle();
  assert.equal(first, [{ outcome: 'unknown' }]);
  assert.throws(() => state.entity.role.publish(LIGHTS, 1, () => {}), /linkClosed/);
});

test('what a PNE can do is told to whoever may ask', () => {
  const state = joined({ capabilities: true });
  assert.equal(query(state, 'pne-1'), [{ outcome: 'told', ...LAMP }]);
  assert.equal(query(state, 'pne-7'), [{ outcome: 'entityUnknown' }]);
  state.net.grants.revoke('bridge', 1);
  assert.equal(query(state, 'pne-1'), [{ outcome: 'notAuthorized' }]);
});

test('who may read and command everything is not told what devices can do, nor whether there are any', () => {
  const state = joined({ read: ['all'], command: ['all'] });
  for (const pneId of ['pne-1', 'pne-7']) assert.equal(query(state, pneId), [{ outcome: 'notAuthorized' }]);
});

test('a request ends with its answer, whichever came first', () => {
  const state = joined({ publish: [groupNumber(LIGHTS)], capabilities: true });
  const outcomes = publish(state);
  const [publication] = state.net.publications;
  publication!.done({ queued: 1, missed: 0 });
  state.net.settle();
  assert.equal([outcomes.length, query(state, 'pne-1').length], [1, 1]);
  assert.equal(state.entity.refusals, []);
});

test('more requests than there may be are refused to their owner', () => {
  const state = joined({ capabilities: true });
  for (let count = 0; count < NodeLimits.entityMaxRequests; count += 1)
    state.entity.role.query('pne-1', () => {});
  assert.throws(() => state.entity.role.query('pne-1', () => {}), /queueFull/);
});

test('a content goes to each member, and is done once it is known of all', () => {
  const waiting = new Map<string, (ticket: number | undefined) => void>();
  const done: unknown[] = [];
  const members = ['pne-1', 'pne-2', 'pne-3'];
  deliverToAll(
    members,
    (pneId, taken) => void waiting.set(pneId, taken),
    (published) => done.push(published),
  );
  waiting.get('pne-2')!(7);
  waiting.get('pne-1')!(undefined);
  assert.equal(done, []);
  waiting.get('pne-3')!(0);
  assert.equal(done, [{ queued: 2, missed: 1 }]);
  deliverToAll(
    [],
    () => assert.unreachable(),
    (published) => done.push(published),
  );
  assert.equal(done[1], { queued: 0, missed: 0 });
});

test.run();
