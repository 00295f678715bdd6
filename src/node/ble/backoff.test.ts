// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../../limits.ts';
import { VirtualTime } from '../../link/time.testing.ts';
import { Backoff } from './backoff.ts';
import { Bonds } from './bonds.ts';
import { memoryStore } from './memory-store.testing.ts';
import { madeUp, peer } from './stack.testing.ts';

const test = suite('node/ble/backoff');

const { gatewayMaxCountedStrangers, gatewayRetryMaxMs, gatewayRetryMemoryMs } = ImplementationLimits;
const PNE = peer('C0:00:00:00:00:02');

function scene(random: () => number = () => 0) {
  const time = new VirtualTime();
  const bonds = new Bonds(memoryStore(), 64);
  return { time, bonds, backoff: new Backoff({ bonds, after: time.after, random }) };
}

/** How long the peer waits, to 1 ms. */
function waited({ time, backoff }: ReturnType<typeof scene>): number {
  let milliseconds = 0;
  for (; backoff.isWaiting(PNE); milliseconds += 1) time.pass(1);
  return milliseconds;
}

test('each connection of no use doubles the delay, up to a bound', () => {
  const all = scene();
  const delays = Array.from({ length: 8 }, () => {
    all.backoff.ended(PNE, false);
    return waited(all);
  });
  assert.equal(delays, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  all.backoff.ended(PNE, true);
  assert.is(waited(all), 500);
});

test('jitter takes up to half of a delay', () => {
  const seen = [0, 0.5, 0.999].map((share) => {
    const all = scene(() => share);
    all.backoff.ended(PNE, false);
    return waited(all);
  });
  assert.equal(seen, [500, 375, 251]);
});

test('what was long ago is forgotten, and no timer is left', () => {
  const all = scene();
  for (let n = 0; n < 5; n += 1) all.backoff.ended(PNE, false);
  all.time.pass(gatewayRetryMaxMs + gatewayRetryMemoryMs);
  assert.is(all.time.running, 0);
  all.backoff.ended(PNE, false);
  assert.is(waited(all), 500);
});

test('strangers beyond the bound share a count that their addresses do not change, and that ends too', () => {
  const all = scene();
  const { time, backoff } = all;
  for (let n = 0; n < 5000; n += 1) backoff.ended(peer(madeUp(n)), false);
  assert.is(time.running, gatewayMaxCountedStrangers + 1);
  assert.ok(backoff.isWaiting(PNE));
  assert.is(waited(all), gatewayRetryMaxMs);
  backoff.ended(PNE, true);
  assert.not.ok(backoff.isWaiting(PNE));
  backoff.ended(peer(madeUp(9000)), false);
  assert.is(waited(all), gatewayRetryMaxMs);
  time.pass(gatewayRetryMaxMs + gatewayRetryMemoryMs);
  assert.is(time.running, 0);
  backoff.ended(PNE, false);
  assert.is(waited(all), 500);
});

test('strangers push out nobody who is counted, and hold up nobody with a bond', () => {
  const all = scene();
  for (let n = 0; n < 6; n += 1) all.backoff.ended(PNE, false);
  const bonded = peer('C0:00:00:00:00:03');
  all.bonds.add({ ...bonded, authenticated: true }, new Uint8Array(16));
  for (let n = 0; n < 5000; n += 1) all.backoff.ended(peer(madeUp(n)), false);
  assert.not.ok(all.backoff.isWaiting(bonded));
  waited(all);
  all.backoff.ended(PNE, false);
  assert.is(waited(all), gatewayRetryMaxMs);
});

test.run();
