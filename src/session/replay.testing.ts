// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../bytes/random.testing.ts';
import { because } from '../cose/test-fixture.ts';
import { ImplementationLimits } from '../limits.ts';
import type { ReplayState } from './received.ts';
import type { ReplayWindow } from './replay.ts';

const HIGHEST = 2 ** 40 - 1;

export type Window = Pick<ReplayWindow, 'isFresh' | 'accept' | 'state'>;

/** `name` says whose window it is. */
export function runReplayTests(name: string, createWindow: (from?: ReplayState) => Window): void {
  const test = suite(`replay window of ${name}`);

  function windowAfter(...accepted: number[]): Window {
    const window = createWindow();
    for (const sequence of accepted) window.accept(sequence);
    return window;
  }

  test('its mask is as wide as the limit says', () => {
    assert.is(ImplementationLimits.replayWindowSize, 32);
  });

  test('a number is accepted once', () => {
    const window = windowAfter(0, 5);
    assert.throws(() => window.accept(0), because('replay'));
    assert.throws(() => window.accept(5), because('replay'));
  });

  test('numbers out of order inside the window are accepted once each', () => {
    const window = windowAfter(31);
    for (let sequence = 0; sequence < 31; sequence++) window.accept(sequence);
    for (let sequence = 0; sequence <= 31; sequence++) assert.not(window.isFresh(sequence));
    assert.ok(window.isFresh(32));
  });

  test('an older accepted number does not move the window backwards (libcoap PR 1926)', () => {
    const window = windowAfter(100, 80);
    assert.is(window.state().highest, 100);
    assert.not(window.isFresh(100));
    assert.not(window.isFresh(68));
    assert.ok(window.isFresh(69));
  });

  test('the last number inside the window is accepted, the next older is not (libcoap #1939)', () => {
    const window = windowAfter(100);
    assert.ok(window.isFresh(69));
    assert.not(window.isFresh(68));
    window.accept(69);
    assert.not(window.isFresh(69));
  });

  test('asking changes nothing', () => {
    const window = windowAfter(7);
    const before = window.state();
    window.isFresh(6);
    window.isFresh(1000);
    assert.equal(window.state(), before);
  });

  test('a refused number changes nothing', () => {
    const window = windowAfter(100, 99);
    const before = window.state();
    for (const sequence of [100, 99, 68, 0]) assert.throws(() => window.accept(sequence), because('replay'));
    assert.equal(window.state(), before);
  });

  test('a jump of 31, 32 and 33 forgets exactly what falls out', () => {
    for (const [jump, seen] of [
      [31, 0x80000001],
      [32, 1],
      [33, 1],
    ] as const) {
      assert.equal(windowAfter(9, 10, 10 + jump).state(), { highest: 10 + jump, seen });
    }
  });

  test('numbers past 32 bits are told apart', () => {
    const window = windowAfter(2 ** 32 + 5, HIGHEST - 3);
    window.accept(HIGHEST);
    assert.not(window.isFresh(HIGHEST - 3));
    assert.ok(window.isFresh(HIGHEST - 4));
    assert.not(window.isFresh(HIGHEST - 32));
    assert.not(window.isFresh(5));
  });

  test('a restarted window still refuses what it had accepted (libcoap #1863)', () => {
    const restarted = createWindow(windowAfter(40, 38).state());
    assert.not(restarted.isFresh(40));
    assert.not(restarted.isFresh(38));
    assert.not(restarted.isFresh(8));
    assert.ok(restarted.isFresh(39));
    assert.ok(restarted.isFresh(41));
  });

  test('a state that no window has is refused', () => {
    for (const state of [
      { highest: -2, seen: 0 },
      { highest: -1, seen: 1 },
      { highest: 5, seen: 2 },
      { highest: 5, seen: -1 },
      { highest: 5, seen: 2 ** 32 + 1 },
      { highest: 5.5, seen: 1 },
      { highest: Number.NaN, seen: 1 },
      { highest: HIGHEST + 1, seen: 1 },
    ]) {
      assert.throws(() => createWindow(state), because('badArgument'));
    }
  });

  /** The definition, with a memory of everything. */
  test('it decides as a set of all accepted numbers does', () => {
    const random = createRandom(32);
    const window = createWindow();
    const accepted = new Set<number>();
    let highest = -1;
    for (let round = 0; round < 3000; round++) {
      const sequence = Math.max(0, highest - 40 + (random() % 60));
      const fresh = sequence > highest - 32 && !accepted.has(sequence);
      assert.is(window.isFresh(sequence), fresh);
      if (!fresh) continue;
      window.accept(sequence);
      accepted.add(sequence);
      highest = Math.max(highest, sequence);
    }
    assert.ok(accepted.size > 500);
  });

  test.run();
}
