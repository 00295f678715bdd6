// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AirClock } from './clock.ts';

const test = suite('simulator/controller/clock');

test('what is due happens in its order, at its time', () => {
  const clock = new AirClock();
  const seen: [string, number][] = [];
  const note = (name: string) => () => seen.push([name, clock.now]);
  clock.after(20, note('c'));
  clock.after(10, note('a'));
  clock.after(10, note('b'));
  clock.run(9);
  assert.equal(seen, []);
  clock.run(100);
  assert.equal(seen, [
    ['a', 10],
    ['b', 10],
    ['c', 20],
  ]);
  assert.is(clock.now, 109);
});

test('what is asked for meanwhile happens in the same run', () => {
  const clock = new AirClock();
  const times: number[] = [];
  const again = () => {
    times.push(clock.now);
    clock.after(10, again);
  };
  clock.after(0, again);
  clock.run(35);
  assert.equal(times, [0, 10, 20, 30]);
});

test('what is cancelled does not happen', () => {
  const clock = new AirClock();
  const timer = clock.after(5, () => assert.unreachable());
  timer.cancel();
  timer.cancel();
  clock.run(10);
});

test('runUntil stops when its condition holds, and says when it never does', () => {
  const clock = new AirClock();
  let count = 0;
  const tick = () => {
    count += 1;
    clock.after(10, tick);
  };
  tick();
  assert.ok(clock.runUntil(() => count === 4, 1000));
  assert.is(clock.now, 30);
  assert.not.ok(clock.runUntil(() => count === 1000, 100));
});

test('nothing happens between what one act asks for', () => {
  const clock = new AirClock();
  const order: string[] = [];
  clock.onAct(
    () => order.push('before'),
    () => order.push('after'),
  );
  clock.act(() => {
    clock.after(0, () => order.push('first'));
    clock.act(() => clock.after(0, () => order.push('second')));
    order.push('done');
  });
  clock.run(0);
  assert.equal(order, ['before', 'done', 'after', 'first', 'second']);
});

test.run();
