// SPDX-License-Identifier: Apache-2.0

/** Every change of a store is made whole or not at all, whatever happens at which of its writes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createBelow } from '../bytes/random.testing.ts';
import { refuses } from '../crypto/check.testing.ts';
import { contentOf, randomChange } from './change.testing.ts';
import { open, record } from './fixture.testing.ts';
import { createMemoryMedium, type Failure, type MemoryMedium } from './medium.testing.ts';
import { Purpose } from './store.ts';

const cuts = suite('store under failures');
const CHANGES = 20;

/** Makes one random change, and returns what was kept before and after it. */
function changed(medium: MemoryMedium, seed: number): { before: string; after: string } {
  const store = open(medium);
  const before = contentOf(store);
  randomChange(createBelow(seed), store)();
  return { before, after: contentOf(store) };
}

/** Makes the same change with each of its writes failing. Calls with what is there then. */
function failEverywhere(
  medium: MemoryMedium,
  seed: number,
  failure: Failure,
  then: (failed: MemoryMedium, error: unknown) => void,
): number {
  for (let step = 0; ; step++) {
    const failed = medium.restart();
    const store = open(failed);
    failed.failAt(step, failure);
    try {
      randomChange(createBelow(seed), store)();
      if (failed.changes.writes + failed.changes.removals <= step) return step;
      then(failed, undefined);
    } catch (error) {
      then(failed, error);
    }
  }
}

for (const failure of ['cutBefore', 'cutAfter'] as const) {
  cuts(`old or new after a power cut at any write, ${failure}, and as good as ever`, () => {
    let medium = createMemoryMedium();
    let points = 0;
    for (let i = 0; i < CHANGES; i++) {
      const next = medium.restart();
      const { before, after } = changed(next, 1000 + i);
      points += failEverywhere(medium, 1000 + i, failure, (failed) => {
        const started = failed.restart();
        const found = contentOf(open(started));
        assert.ok(found === before || found === after, `change ${i}`);
        const again = open(started);
        again.write(Purpose.grant, 0, record(9, 9));
        const names = [...started.values.keys()].map((name) => name.slice(1));
        assert.is(new Set(names).size, names.length, 'nothing is left of what does not count');
      });
      medium = next.restart();
    }
    assert.ok(points > 30, `${points}`);
  });
}

cuts('the head decides: before its write nothing has changed, after it everything', () => {
  const medium = createMemoryMedium();
  const changes = [0, 1, 2].map((index) => ({ purpose: Purpose.peer, index, record: record(9, index) }));
  for (const [writes, isNew] of [
    [3, false],
    [4, true],
  ] as const) {
    const failed = medium.restart();
    const store = open(failed);
    failed.failAt(writes, 'cutBefore');
    if (isNew) store.change(changes);
    else refuses('storeFailed', () => store.change(changes));
    const found = open(failed.restart());
    for (const { index } of changes) assert.is(found.read(Purpose.peer, index) !== undefined, isNew);
  }
});

cuts('a medium that takes nothing more refuses what asked for it, and changes nothing else', () => {
  let medium = createMemoryMedium();
  for (let i = 0; i < CHANGES; i++) {
    const next = medium.restart();
    const { before, after } = changed(next, 2000 + i);
    failEverywhere(medium, 2000 + i, 'full', (failed, error) => {
      const found = contentOf(open(failed));
      assert.is(found, error === undefined ? after : before, `change ${i}`);
    });
    medium = next.restart();
  }
});

cuts('a head that is stored although its write failed is what counts, at once and after a start', () => {
  const medium = createMemoryMedium();
  const store = open(medium);
  store.write(Purpose.grant, 0, record(9, 1));
  medium.failAt(1, 'failedAfter');
  refuses('storeFailed', () => store.write(Purpose.grant, 0, record(9, 2)));
  const content = contentOf(store);
  assert.is(contentOf(open(medium.restart())), content);
  store.write(Purpose.grant, 0, record(9, 3));
  assert.is(contentOf(open(medium.restart())), contentOf(store));
});

cuts.run();
