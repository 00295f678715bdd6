// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { flipped } from './messages.ts';
import { type Ends, LinkTap } from './tap.ts';

const test = suite('simulator/attacks/tap');

function tapped() {
  const passed: string[] = [];
  const ends: Ends = {
    up: (message) => passed.push(`up ${message.join()}`),
    down: (message) => passed.push(`down ${message.join()}`),
  };
  const tap = new LinkTap();
  tap.lead(ends);
  return { tap, ends, passed };
}

test('a copy that is changed does not change the message, also where that is a Buffer of a socket', () => {
  const { tap, ends, passed } = tapped();
  tap.watch((message) => [flipped(message), message]);
  tap.pass(ends, Buffer.from([1, 2]), 'up');
  assert.equal(passed, ['up 1,3', 'up 1,2']);
});

test('what one watcher lets pass the next one sees, until it ends; what is injected nobody sees', () => {
  const { tap, ends, passed } = tapped();
  const stop = tap.watch((message) => [message, message]);
  tap.watch((message, direction) => (direction === 'down' ? [] : [message.subarray(0, 1)]));
  tap.pass(ends, Uint8Array.of(1, 2), 'up');
  tap.pass(ends, Uint8Array.of(1, 2), 'down');
  stop();
  tap.pass(ends, Uint8Array.of(3, 4), 'up');
  tap.inject(Uint8Array.of(5, 6), 'down');
  assert.equal(passed, ['up 1', 'up 1', 'up 3', 'down 5,6']);
});

test('nothing happens to what is injected where there is no link', () => {
  new LinkTap().inject(Uint8Array.of(1), 'up');
});

test.run();
