// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PageFeed } from './feed.ts';
import type { InterfaceView } from './state.ts';

const test = suite('page/feed');
const VIEW: InterfaceView = {
  name: 'CPNS-3',
  from: 'pne-1',
  to: 'server',
  authentication: 'EDHOC method 3',
  integrity: 'AEAD 64-bit tag',
  confidentiality: 'AES-CCM-16-64-128',
  method: 3,
  suite: 2,
  handshakeBytes: 159,
  handshakeMessages: 4,
};

function feedOf(...pnes: string[]) {
  const feed = new PageFeed('test', () => 7);
  for (const id of pnes) feed.add(id, 'pne', 'XS');
  return feed;
}

test('what is secured, sent and read of a PNE is in the state', () => {
  const feed = feedOf('pne-1', 'pne-2');
  feed.agreed(VIEW);
  feed.figures('pne-1', { sent: 3, refused: 1 });
  feed.reading('pne-1', { temperature: 21.5, motion: true }, 0);
  feed.reading('pne-1', { temperature: 22 }, 0);
  const [first, second] = feed.state.entities;
  assert.equal([first!.status, first!.sent, first!.refused], ['secured', 3, 1]);
  assert.equal(first!.series, { temperature: [21.5, 22] });
  assert.is(first!.last, '{"temperature":22}');
  assert.is(second!.status, 'waiting');
  assert.equal(feed.state.interfaces, [VIEW]);
});

test('a code is shown until its PNE has joined', () => {
  const feed = feedOf('pne-1');
  const code = { text: 'PNE-1.CODE', rows: [[true]] };
  feed.code('pne-1', code);
  assert.equal(feed.state.entities[0]!.code, code);
  feed.code('pne-1', undefined);
  assert.is(feed.state.entities[0]!.code, undefined);
});

test('an entity that is gone goes with its interfaces, and may come again', () => {
  const feed = feedOf('pne-1', 'pne-2');
  feed.agreed(VIEW);
  const take = feed.join({ onChange(): void {} });
  feed.remove('pne-1');
  assert.equal([feed.state.entities.map(({ id }) => id), feed.state.interfaces], [['pne-2'], []]);
  const { removed, entities, interfaces } = take()!;
  assert.equal([removed, entities, interfaces], [['pne-1'], [], []]);
  feed.remove('pne-1');
  assert.is(take(), undefined);
  feed.add('pne-1', 'pne', 'XS');
  assert.equal(take()!.removed, []);
});

test('the steps of a PNE are told once each, with the time since the first, and are bounded', () => {
  let now = 1000;
  const feed = new PageFeed('test', () => now);
  feed.add('pne-1', 'pne', 'XS');
  feed.step('pne-1', 'switched on');
  now = 1700;
  feed.step('pne-1', 'paired');
  feed.step('pne-1', 'paired');
  feed.step('nobody', 'paired');
  const { steps } = feed.state.entities[0]!;
  assert.equal(steps, [
    { name: 'switched on', after: 0 },
    { name: 'paired', after: 700 },
  ]);
  for (let number = 0; number < 1000; number += 1) feed.step('pne-1', `step ${number}`);
  assert.ok(feed.state.entities[0]!.steps.length < 50);
});

test('groups are told where they have changed, and not else', () => {
  const feed = feedOf('pne-1');
  const take = feed.join({ onChange(): void {} });
  feed.reading('pne-1', 1, 0);
  assert.is(take()!.groups, undefined);
  feed.setGroups([]);
  assert.equal(take()!.groups, []);
});

test('questions are told where they have changed, and not else', () => {
  const feed = feedOf('pne-1');
  const take = feed.join({ onChange(): void {} });
  feed.reading('pne-1', 1, 0);
  assert.is(take()!.questions, undefined);
  const questions = [{ number: 1, text: 'bridge wants to read pne-1', owner: undefined }];
  feed.setQuestions(questions);
  assert.equal([take()!.questions, feed.state.questions], [questions, questions]);
});

test('a reading says which boot of its PNE it is of', () => {
  const feed = feedOf('pne-1');
  feed.reading('pne-1', 1, 3 * 2 ** 32 + 7);
  const { boot, lastId } = feed.state.entities[0]!;
  assert.equal([boot, lastId], [3, 3 * 2 ** 32 + 7]);
});

test('an interface that is secured anew takes the place of the former', () => {
  const feed = feedOf('pne-1');
  feed.agreed(VIEW);
  feed.agreed({ ...VIEW, method: 4 });
  assert.equal(feed.state.interfaces, [{ ...VIEW, method: 4 }]);
});

test('a viewer is told once, and takes everything that has changed since, once', () => {
  const feed = feedOf('pne-1', 'pne-2');
  let told = 0;
  const take = feed.join({
    onChange(): void {
      told += 1;
    },
  });
  assert.is(take(), undefined);
  feed.reading('pne-1', 1, 0);
  feed.reading('pne-1', 2, 0);
  feed.event('refused', 'pne-2', 'replay');
  assert.is(told, 1);
  const change = take()!;
  assert.equal([change.arrived, change.entities.map(({ id }) => id)], [['pne-1'], ['pne-1']]);
  assert.equal(change.events, [{ number: 1, time: 7, entity: 'pne-2', kind: 'refused', text: 'replay' }]);
  assert.is(take(), undefined);
  feed.event('problem', undefined, 'next');
  assert.equal([told, take()!.events.map(({ text }) => text)], [2, ['next']]);
});

test('a viewer that has left is told nothing', () => {
  const feed = feedOf('pne-1');
  const viewer = { onChange: () => assert.unreachable() };
  feed.join(viewer);
  feed.leave(viewer);
  feed.reading('pne-1', 1, 0);
});

test('figures that stay the same are no change, and nobody of another name is known', () => {
  const feed = feedOf('pne-1');
  feed.figures('pne-1', { sent: 1 });
  const take = feed.join({ onChange: () => assert.unreachable() });
  feed.figures('pne-1', { sent: 1 });
  feed.figures('pne-9', { sent: 1 });
  feed.reading('pne-9', 1, 0);
  assert.is(take(), undefined);
});

test('however much comes, what is kept is bounded', () => {
  const feed = feedOf('pne-1');
  for (let index = 0; index < 1000; index += 1) {
    feed.event('problem', undefined, `${index}`);
    feed.reading('pne-1', { [`field ${index % 20}`]: index, text: 'x'.repeat(2000) }, 0);
  }
  const { events, happened, entities } = feed.state;
  assert.equal([events.length, happened, events.at(-1)!.text], [200, 1000, '999']);
  const { series, last } = entities[0]!;
  assert.is(Object.keys(series).length, 8);
  assert.ok(Object.values(series).every((numbers) => numbers.length <= 60));
  assert.ok(last.length <= 403);
});

test('fields that are no finite numbers are not drawn; a reading that is a number is', () => {
  const feed = feedOf('pne-1');
  feed.reading('pne-1', { text: 'a', none: null, endless: Number.POSITIVE_INFINITY, deep: { x: 1 } }, 0);
  assert.equal(feed.state.entities[0]!.series, {});
  feed.reading('pne-1', 5, 0);
  assert.equal(feed.state.entities[0]!.series, { '': [5] });
});

test.run();
