// SPDX-License-Identifier: Apache-2.0

/** What the desk makes of attacks, whatever they are. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AttackView } from '../../../src/node/page/state.ts';
import { Ledger } from '../ledger.ts';
import type { Attack } from './attack.ts';
import { AttackDesk } from './desk.ts';
import type { Arrival, Refused, Target } from './target.ts';

const test = suite('simulator/attacks/desk');

/** A network where nothing happens but what a test says. */
class FakeTarget {
  readonly account = new Ledger();
  readonly refused = new Set<(refused: Refused) => void>();
  readonly arrivals = new Set<(arrival: Arrival) => void>();

  onRefused(tell: (refused: Refused) => void): () => void {
    this.refused.add(tell);
    return () => this.refused.delete(tell);
  }

  onArrival(tell: (arrival: Arrival) => void): () => void {
    this.arrivals.add(tell);
    return () => this.arrivals.delete(tell);
  }
}

const HELD: Attack = {
  name: 'held',
  title: 'Held',
  does: 'Nothing.',
  clause: 'replay',
  strike: async () => ({ isHeld: true, lines: ['seen'] }),
  control: async () => 'nothing at all',
};

function deskOf(...attacks: Attack[]) {
  const told: AttackView[] = [];
  const target = new FakeTarget();
  const desk = new AttackDesk(attacks, (view) => told.push(view));
  desk.begin(target as unknown as Target);
  return { desk, told, target };
}

const statusOf = async (attack: Attack) => (await deskOf(attack).desk.launch(attack.name)).status;

test('an attack that is held, with a control that works, is refused', async () => {
  const { desk, told } = deskOf(HELD);
  assert.is(desk.views[0]!.status, 'ready');
  const view = await desk.launch('held');
  assert.equal(
    told.map(({ status }) => status),
    ['waiting', 'under way', 'refused'],
  );
  assert.equal([view.lines, view.control, view.clause], [['seen'], 'nothing at all', 'RFC 8613, 7.4']);
});

test('one that nobody refuses has succeeded', async () => {
  const attack: Attack = { ...HELD, strike: (attempt) => attempt.refusal('CPNS-2', [], () => false, 1) };
  assert.is(await statusOf(attack), 'succeeded');
});

test('one after which a reading is there twice has succeeded', async () => {
  const { desk, target } = deskOf({
    ...HELD,
    async strike() {
      for (const id of [1, 2, 2])
        for (const tell of target.arrivals)
          tell({ pne: 'pne-1', reading: { id, payload: new Uint8Array(1), value: 1 } });
      return { isHeld: true, lines: [] };
    },
  });
  const { status, fared } = await desk.launch('held');
  assert.equal([status, fared], ['succeeded', { received: 3, doubled: 1, lost: 0, altered: 0 }]);
});

test('one after which a reading is another has succeeded', async () => {
  const { desk, target } = deskOf({
    ...HELD,
    async strike() {
      target.account.received('pne-1', 0, Uint8Array.of(2));
      return { isHeld: true, lines: [] };
    },
  });
  target.account.add('pne-1');
  target.account.given('pne-1', { line: 1, payload: Uint8Array.of(1) });
  assert.is((await desk.launch('held')).status, 'succeeded');
});

for (const [what, change] of [
  ['that finds nothing to attack', { strike: () => Promise.reject(new Error('why')) }],
  ['whose control does not work', { control: () => Promise.reject(new Error('why')) }],
] as const)
  test(`one ${what} has failed, and says why`, async () => {
    const view = await deskOf({ ...HELD, ...change }).desk.launch('held');
    assert.equal([view.status, view.lines, view.control], ['failed', ['why'], '']);
  });

test('they come one after the other, also after one that fails; what they have put somewhere goes with them', async () => {
  const order: string[] = [];
  let end: () => void = () => undefined;
  const slow: Attack = {
    ...HELD,
    name: 'slow',
    async strike() {
      order.push('slow');
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      throw new Error('in the end');
    },
  };
  const quick: Attack = {
    ...HELD,
    name: 'quick',
    async strike() {
      order.push('quick');
      return { isHeld: true, lines: [] };
    },
  };
  const { desk, target } = deskOf(slow, quick);
  const all = [desk.launch('slow'), desk.launch('quick'), desk.launch('quick')];
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(order, ['slow']);
  end();
  assert.equal(
    (await Promise.all(all)).map(({ status }) => status),
    ['failed', 'refused', 'refused'],
  );
  assert.equal(order, ['slow', 'quick', 'quick']);
  assert.equal([target.refused.size, target.arrivals.size], [0, 0]);
});

test('one that there is not, and one more than may wait, are refused at once', async () => {
  const { desk } = deskOf(HELD);
  assert.throws(() => desk.launch('another'), /no attack another: there are held/);
  const waiting = Array.from({ length: 100 }, () => desk.launch('held'));
  assert.throws(() => desk.launch('held'), /100 attacks wait already/);
  await Promise.all(waiting);
  assert.is((await desk.launch('held')).status, 'refused');
});

test.run();
