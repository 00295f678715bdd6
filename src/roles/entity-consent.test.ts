// SPDX-License-Identifier: Apache-2.0

/** External entities that may read a PNE's readings once its owner has consented, over both ends of CPNS-5. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Answer, Context } from '../authorization/decision.ts';
import { EntityPermission } from '../authorization/entity-access.ts';
import { Cpns5, type TestEntity } from './cpns-5.testing.ts';

const test = suite('consent on CPNS-5');
const { access, deliver, consentRequired } = EntityPermission;

const ASK: Context = Object.freeze({ openness: 'ask', owner: 'pne-2' });

/** One that follows readings, of which `pne-1` leaves it to its owner who reads them. */
function joined(): { net: Cpns5; entity: TestEntity } {
  const net = new Cpns5();
  net.contexts.set('pne-1', ASK);
  net.grant('bridge');
  return { net, entity: net.join() };
}

function answer(net: Cpns5, given: Answer | undefined): void {
  net.contexts.set('pne-1', given === undefined ? ASK : { ...ASK, answer: given });
  net.links.refresh();
  net.settle();
}

function keep(net: Cpns5, id: number): void {
  net.store.keep('bridge', 'pne-1', id);
  net.links.proceed();
  net.settle();
}

const idsOf = ({ readings }: TestEntity) => readings.map(({ reading }) => reading.id);

test('until the owner has answered an entity is told that consent is required, and nothing else', () => {
  const { net, entity } = joined();
  assert.equal(
    [...entity.devices],
    [
      ['pne-1', deliver + consentRequired],
      ['pne-2', access + deliver],
    ],
  );
  assert.equal(net.asked, ['bridge pne-1']);
  keep(net, 0);
  assert.equal([idsOf(entity), net.store.forgotten], [[], ['r0']]);
});

test('once he consents the entity is told so and reads, on the link that it has', () => {
  const { net, entity } = joined();
  answer(net, 'consented');
  assert.is(entity.devices.get('pne-1'), access + deliver);
  keep(net, 1);
  assert.equal([idsOf(entity), entity.isOpen], [[1], true]);
});

test('a refusal leaves it what needs no consent, and asks nobody again', () => {
  const { net, entity } = joined();
  answer(net, 'refused');
  assert.is(entity.devices.get('pne-1'), deliver);
  keep(net, 0);
  net.links.refresh();
  assert.equal([idsOf(entity), net.asked], [[], ['bridge pne-1']]);
});

test('consent that is withdrawn ends reading before the next record, also of what was kept before', () => {
  const { net, entity } = joined();
  answer(net, 'consented');
  keep(net, 0);
  net.store.keep('bridge', 'pne-1', 1);
  net.contexts.set('pne-1', { ...ASK, answer: 'refused' });
  keep(net, 2);
  assert.equal([idsOf(entity), entity.isOpen], [[0], true]);
  net.links.refresh();
  net.settle();
  assert.is(entity.devices.get('pne-1'), deliver);
});

test('consent without a grant is none, and a grant that is revoked takes it with it', () => {
  const { net, entity } = joined();
  answer(net, 'consented');
  net.grant('bridge', 1, 2, 2);
  keep(net, 0);
  assert.equal(idsOf(entity), []);
  net.links.refresh();
  net.settle();
  assert.equal([...entity.devices.keys()], ['pne-2']);
});

test('who sends contents alone makes nobody ask', () => {
  const net = new Cpns5();
  net.contexts.set('pne-1', ASK);
  net.grant('bridge');
  const entity = net.join({ follows: false });
  entity.deliver('pne-1', 1);
  net.settle();
  assert.equal([net.asked, net.contents.length], [[], 1]);
});

test('an entity that is called as the owner has to ask him', () => {
  const net = new Cpns5();
  net.contexts.set('pne-1', { ...ASK, owner: 'bridge' });
  net.grant('bridge');
  assert.is(net.join().devices.get('pne-1'), deliver + consentRequired);
});

test.run();
