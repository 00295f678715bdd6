// SPDX-License-Identifier: Apache-2.0

/** What a gateway's central makes of what it hears advertised, without a radio and in virtual time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../../limits.ts';
import { Channel } from '../../link/channel.ts';
import type { Link, LinkEvents } from '../../link/link.ts';
import { IGNORE, madeUp, TestStack } from './stack.testing.ts';

const test = suite('node/ble/central');

const { gatewayMaxCountedStrangers, gatewayMaxSought, gatewayMaxSoughtStrangers, gatewayMaxStrangers } =
  ImplementationLimits;
const { gatewayReachMs, gatewayRetryFirstMs, gatewayRetryMaxMs, linkUsefulMs } = ImplementationLimits;
const PNE = 'C0:00:00:00:00:02';
const OTHER = 'C0:00:00:00:00:03';
const AWAY_MS = 120_000;
/** In that time with delays of 0.5 s, 1, 2, 4, 8, 16, then 30 each time. */
const AWAY_CONNECTS = 9;

test('a flood of made-up PNEs has so many tried at a time, and room for another when they are given up', () => {
  const stack = new TestStack({ temper: () => 'deaf' });
  for (let round = 0; round < 20; round += 1) {
    for (let n = 0; n < 1000; n += 1) stack.hear(madeUp(1000 * round + n));
    assert.is(stack.wanted.size, gatewayMaxSoughtStrangers);
    assert.is(stack.time.running, gatewayMaxSoughtStrangers);
    stack.time.pass(gatewayReachMs);
    assert.is(stack.wanted.size, 0);
    assert.is(stack.time.running, 0);
  }
  stack.hear(PNE);
  assert.ok(stack.wanted.has(PNE));
});

test('one that is heard again and again is tried once at a time, as often as it is not reached', () => {
  const stack = new TestStack({ temper: () => 'deaf' });
  for (let round = 0; round < 10; round += 1) {
    for (let n = 0; n < 1000; n += 1) stack.hear(PNE);
    assert.is(stack.wanted.size, 1);
    stack.time.pass(gatewayReachMs);
  }
});

test('a PNE with a bond is sought beside any number of strangers, and has a place', () => {
  const stack = new TestStack({ temper: (address) => (address === PNE ? 'willing' : 'idle') });
  stack.bond(PNE);
  stack.advertise(
    Array.from({ length: 300 }, (_, n) => madeUp(n)),
    1000,
  );
  assert.is(stack.connected.size, gatewayMaxStrangers);
  stack.hear(PNE);
  stack.time.pass(100);
  assert.ok(stack.connected.has(PNE));
  const deaf = new TestStack({ temper: () => 'deaf' });
  deaf.bond(PNE);
  for (let n = 0; n < 300; n += 1) deaf.hear(madeUp(n));
  deaf.hear(PNE);
  assert.ok(deaf.wanted.has(PNE));
  assert.ok(deaf.wanted.size <= gatewayMaxSought);
});

test('strangers that do nothing are put out, and make room for the next', () => {
  const stack = new TestStack({ temper: (address) => (address === PNE ? 'willing' : 'idle') });
  stack.advertise(
    Array.from({ length: 20 }, (_, n) => madeUp(n)),
    1000,
  );
  stack.advertise([PNE], ImplementationLimits.linkSecuringMs);
  assert.ok(stack.connected.has(PNE));
});

test('while the server is away, each PNE is connected less and less often', () => {
  const stack = new TestStack({ temper: () => 'willing', onLink: closeAtOnce });
  stack.advertise([PNE, OTHER], AWAY_MS);
  assert.equal([stack.connects.get(PNE), stack.connects.get(OTHER)], [AWAY_CONNECTS, AWAY_CONNECTS]);
});

test('a gateway that pauses seeks nobody, and calls off whom it was seeking', () => {
  const stack = new TestStack({ temper: (address) => (address === PNE ? 'willing' : 'deaf') });
  stack.hear(OTHER);
  stack.advertise([PNE], 100);
  stack.central.pause();
  assert.equal([stack.isScanning, stack.wanted.size], [false, 0]);
  assert.ok(stack.connected.has(PNE));
  stack.connected.get(PNE)!();
  stack.advertise([PNE, OTHER], AWAY_MS);
  assert.equal([stack.total, stack.wanted.size], [1, 0]);
  stack.central.resume();
  stack.advertise([PNE], 100);
  assert.is(stack.total, 2);
});

test('a link that carried a record, or lasted, brings the delay back to the first', () => {
  const uses: readonly ((stack: TestStack, link: Link) => void)[] = [
    (_, link) => link.send(Uint8Array.of(Channel.hopRecord, 1)),
    (stack) => stack.time.pass(linkUsefulMs),
  ];
  for (const use of uses) {
    let link: Link | undefined;
    const stack = new TestStack({ temper: () => 'willing', onLink: (opened) => keep(opened) });
    const keep = (opened: Link) => {
      link = opened;
      return IGNORE;
    };
    for (let round = 0; round < 10; round += 1) {
      stack.advertise([PNE], gatewayRetryFirstMs + 100);
      use(stack, link!);
      link!.close();
      stack.time.pass(10);
    }
    assert.is(stack.total, 10);
  }
});

test('a handshake that is never finished brings no delay back', () => {
  const answer = (link: Link) => {
    link.send(Uint8Array.of(Channel.hopHandshake, 1));
    return closeAtOnce(link);
  };
  const stack = new TestStack({ temper: () => 'willing', onLink: answer });
  stack.advertise([PNE], AWAY_MS);
  assert.is(stack.total, AWAY_CONNECTS);
});

test('failed pairings are counted after any number of made-up addresses, and strangers have one count then', () => {
  const stack = new TestStack({ temper: () => 'refusing' });
  for (let n = 0; n < gatewayMaxCountedStrangers; n += 1) stack.advertise([madeUp(n)], 100);
  assert.is(stack.total, gatewayMaxCountedStrangers);
  const before = stack.total;
  stack.advertise([PNE], AWAY_MS);
  assert.is(stack.total - before, AWAY_CONNECTS);
  // Others wait with it, however many addresses they have.
  for (let n = 0; n < AWAY_MS / 100; n += 1) stack.advertise([madeUp(1000 + n)], 100);
  assert.ok(
    stack.total - before <= AWAY_CONNECTS + AWAY_MS / gatewayRetryMaxMs + 1,
    `${stack.total - before}`,
  );
});

test('a PNE with a bond is not held up by the failures of strangers', () => {
  const stack = new TestStack({ temper: (address) => (address === PNE ? 'willing' : 'refusing') });
  stack.bond(PNE);
  for (let n = 0; n < 2 * gatewayMaxCountedStrangers; n += 1) stack.advertise([madeUp(n)], 100);
  stack.advertise([PNE], 100);
  assert.ok(stack.connected.has(PNE));
});

test('who has a bond forgotten by its owner is tried at once, and no timer is left when the central stops', () => {
  const stack = new TestStack({ temper: (address) => (address === PNE ? 'willing' : 'refusing') });
  stack.bond(PNE);
  for (let n = 0; n < 300; n += 1) stack.advertise([OTHER, madeUp(n)], 20);
  stack.central.forget({ addressType: 'random', address: OTHER });
  const before = stack.connects.get(OTHER)!;
  stack.advertise([OTHER], 100);
  assert.is(stack.connects.get(OTHER)! - before, 1);
  stack.central.stop();
  stack.time.pass(10);
  assert.is(stack.time.running, 0);
});

test.run();

/** As a gateway without its server does. */
function closeAtOnce(link: Link): LinkEvents {
  link.close();
  return IGNORE;
}
