// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VirtualTime } from '../link/time.testing.ts';
import { NodeLimits } from '../node-limits.ts';
import { type Places, Placing } from './placement.ts';

const test = suite('placement');
const { placementGraceMs } = NodeLimits;

function at(...gateways: string[]): Places {
  return gateways.length === 0 ? new Map() : new Map([['pne-1', gateways]]);
}

/** A placing that begins there, and takes what it has stated of the PNE since it was asked last. */
function start(places: Places) {
  const time = new VirtualTime();
  const stated: string[] = [];
  const placing = new Placing(time.after, places, (now) =>
    stated.push((now.get('pne-1') ?? ['any']).join('+')),
  );
  return { time, placing, stated: () => stated.splice(0) };
}

test('what a server finds when it starts holds at once', () => {
  assert.equal(start(at('a')).stated(), ['a']);
  assert.equal(start(at()).stated(), ['any']);
});

test('who goes elsewhere may be at both for a moment, and then there alone', () => {
  const { time, placing, stated } = start(at('a'));
  placing.change(at('b'));
  assert.equal(stated(), ['a', 'a+b']);
  time.pass(placementGraceMs - 1);
  assert.equal(stated(), []);
  time.pass(1);
  assert.equal([stated(), time.running], [['b'], 0]);
});

test('who could be anywhere, or may be so from now on, may be so for that moment', () => {
  for (const [from, to, then] of [
    [at(), at('b'), 'b'],
    [at('a'), at(), 'any'],
  ] as const) {
    const { time, placing, stated } = start(from);
    stated();
    placing.change(to);
    time.pass(placementGraceMs);
    assert.equal(stated(), ['any', then]);
  }
});

test('of changes that follow each other the last holds, and the first place until then', () => {
  const { time, placing, stated } = start(at('a'));
  placing.change(at('b'));
  time.pass(placementGraceMs / 2);
  placing.change(at('c'));
  time.pass(placementGraceMs);
  assert.equal(stated(), ['a', 'a+b', 'a+c', 'c']);
  placing.change(at('d'));
  placing.close();
  time.pass(placementGraceMs);
  assert.equal(stated(), ['c+d']);
});

test.run();
