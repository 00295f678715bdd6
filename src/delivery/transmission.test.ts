// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTimers } from './timers.testing.ts';
import { Transmission } from './transmission.ts';

const test = suite('transmission');

function create(random = 0, onSilence?: () => void) {
  const timers = createTimers();
  const pace = { after: timers.after, random: () => random, heard: 0 };
  let sent = 0;
  const transmission = new Transmission(
    pace,
    () => {
      sent += 1;
    },
    onSilence,
  );
  return { timers, pace, transmission, sent: () => sent };
}

test('it is sent four times in the time of a peer that lost its keys, then ever more rarely', () => {
  const { timers, transmission, sent } = create();
  const delays: number[] = [];
  transmission.start();
  for (let round = 0; round < 9; round += 1) {
    delays.push(...timers.running);
    timers.fire();
  }
  assert.equal(
    delays,
    [5, 5, 5, 5, 10, 20, 40, 40, 40].map((seconds) => 1000 * seconds),
  );
  assert.is(sent(), 10);
});

test('jitter lengthens a wait by up to half', () => {
  const { timers, transmission } = create(1);
  transmission.start();
  assert.equal(timers.running, [7500]);
});

test('a peer of which nothing is heard for four times is silent, once', () => {
  let silences = 0;
  const { timers, transmission, sent } = create(0, () => {
    silences += 1;
  });
  transmission.start();
  for (let round = 0; round < 9; round += 1) timers.fire();
  assert.is(sent(), 4);
  assert.is(silences, 1);
  assert.equal(timers.running, []);
});

test('a peer of which other things are heard is not', () => {
  let silences = 0;
  const { timers, pace, transmission, sent } = create(0, () => {
    silences += 1;
  });
  transmission.start();
  for (let round = 0; round < 12; round += 1) {
    if (round % 3 === 0) pace.heard += 1;
    timers.fire();
  }
  assert.is(silences, 0);
  assert.is(sent(), 13);
});

test('starting it anew counts anew, and one timer runs', () => {
  const { timers, transmission } = create();
  transmission.start();
  for (let round = 0; round < 6; round += 1) timers.fire();
  assert.ok(transmission.isStalled);
  transmission.start();
  assert.not(transmission.isStalled);
  assert.equal(timers.running, [5000]);
});

test('stopped, it leaves no timer', () => {
  const { timers, transmission } = create();
  transmission.start();
  transmission.stop();
  transmission.stop();
  assert.equal(timers.running, []);
});

test.run();
