// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeBareGrant } from '../authorization/bare.ts';
import { createMemoryMedium, type Failure, PowerCut } from '../store/medium.testing.ts';
import { bringIn, createOnboardingNetwork, onboardingOf, secretOf } from './onboarding.testing.ts';

const test = suite('onboarding');

test('a PNE with an id and a secret joins, and its readings arrive', () => {
  const network = createOnboardingNetwork();
  network.invitations.invite('pne-1', secretOf(1));
  const device = network.device('pne-1', secretOf(1));
  bringIn(network, device);
  assert.equal(network.joined, ['pne-1']);
  assert.equal(
    device.agreements.map(({ name, method }) => [name, method]),
    [
      ['CPNS-1', 3],
      ['CPNS-3', 3],
    ],
  );
  device.pne!.report('reading');
  network.settle();
  assert.equal(network.received, ['reading']);
  assert.equal(network.refusals, []);
});

test('four messages, of 94 bytes but for what they carry', () => {
  const network = createOnboardingNetwork();
  network.invitations.invite('pne-1', secretOf(1));
  const device = network.device('pne-1', secretOf(1));
  const lengths: number[] = [];
  device.tap = (message) => {
    const body = onboardingOf(message);
    if (body !== undefined) lengths.push(body.length);
    return [message];
  };
  bringIn(network, device);
  // sign and x in EAD_3; two credentials and a grant in EAD_4.
  assert.equal(lengths, [37, 35, 13 + 40, 9 + 116]);
});

test('the first grant of the server comes with the answer, and is kept with it', () => {
  const network = createOnboardingNetwork();
  network.invitations.invite('pne-1', secretOf(1));
  const device = network.device('pne-1', secretOf(1));
  bringIn(network, device);
  assert.equal(device.grant, network.invitations.grant);
  assert.equal(decodeBareGrant(device.grant!).scope, [{ object: 4, permissions: 1 }]);
});

test('a server that grants nothing has the PNE join all the same', () => {
  const network = createOnboardingNetwork();
  network.invitations.grant = new Uint8Array(0);
  network.invitations.invite('pne-1', secretOf(1));
  const device = network.device('pne-1', secretOf(1));
  bringIn(network, device);
  assert.ok(device.isMember);
  assert.is(device.grant, undefined);
});

test('what is no grant is no answer: the PNE has not joined, and nothing of it is kept', () => {
  const network = createOnboardingNetwork();
  const whole = network.invitations.grant;
  network.invitations.invite('pne-1', secretOf(1));
  for (const bad of [Uint8Array.of(0xa1, 1, 2), whole.subarray(1), Uint8Array.of(...whole, 0)]) {
    network.invitations.grant = bad;
    const device = network.device('pne-1', secretOf(1));
    bringIn(network, device, 1);
    assert.not.ok(device.isMember);
    assert.is(device.grant, undefined);
    assert.ok(device.refusals.length > 0);
  }
});

test('a PNE that has joined does not join again after a restart', () => {
  const network = createOnboardingNetwork();
  network.invitations.invite('pne-1', secretOf(1));
  const device = network.device('pne-1', secretOf(1));
  bringIn(network, device);
  const again = network.device('pne-1', secretOf(1), device.medium.restart());
  bringIn(network, again);
  assert.equal(network.joined, ['pne-1']);
  again.pne!.report('after the restart');
  network.settle();
  assert.equal(network.received, ['after the restart']);
});

test('any message of it may be lost', () => {
  for (let lost = 0; lost < 4; lost += 1) {
    const network = createOnboardingNetwork();
    network.invitations.invite('pne-1', secretOf(1));
    const device = network.device('pne-1', secretOf(1));
    let count = 0;
    device.tap = (message) => (onboardingOf(message) !== undefined && count++ === lost ? [] : [message]);
    bringIn(network, device);
    assert.ok(device.isMember, `${lost}`);
    assert.is(network.invitations.devices.length, 1);
  }
});

test('a server whose store fails registers nobody, and the PNE comes again', () => {
  const network = createOnboardingNetwork();
  network.invitations.invite('pne-1', secretOf(1));
  network.invitations.failures.push(true, true);
  const device = network.device('pne-1', secretOf(1));
  device.connect();
  network.settle();
  assert.equal([device.isMember, network.invitations.devices.length], [false, 0]);
  assert.equal(
    network.refusals.map(({ reason, pneId }) => [reason, pneId]),
    [['storeFailed', 'pne-1']],
  );
  bringIn(network, device);
  assert.ok(device.isMember);
});

test('an answer that was lost for good is given again to the same PNE, after its restart too', () => {
  const network = createOnboardingNetwork();
  network.invitations.invite('pne-1', secretOf(1));
  const device = network.device('pne-1', secretOf(1));
  let count = 0;
  device.tap = (message) => (onboardingOf(message) !== undefined && ++count > 3 ? [] : [message]);
  device.connect();
  network.settle();
  assert.equal([device.isMember, network.invitations.devices.length], [false, 1]);
  const again = network.device('pne-1', secretOf(1), device.medium.restart());
  bringIn(network, again);
  assert.ok(again.isMember);
  assert.equal(network.refusals, []);
});

for (const failure of ['cutBefore', 'cutAfter'] as const satisfies readonly Failure[]) {
  test(`the power may fail at any write of the PNE: it is a member, or becomes the same one (${failure})`, () => {
    let points = 0;
    for (let step = 0; ; step += 1) {
      const network = createOnboardingNetwork();
      network.invitations.invite('pne-1', secretOf(1));
      const device = network.device('pne-1', secretOf(1));
      device.medium.failAt(step, failure);
      const { changes } = device.medium;
      try {
        bringIn(network, device);
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
      }
      if (changes.writes + changes.removals <= step) break;
      points += 1;
      const again = network.device('pne-1', secretOf(1), device.medium.restart());
      bringIn(network, again);
      again.pne!.report('there');
      network.settle();
      assert.equal(network.received, ['there'], `${step}`);
      assert.is(network.invitations.devices.length, 1, `${step}`);
      assert.equal(
        network.refusals.filter(({ reason }) => reason === 'onboardingUsed'),
        [],
      );
    }
    assert.is(points, 7);
  });
}

for (const failure of ['full', 'failedAfter'] as const satisfies readonly Failure[]) {
  test(`a store of the PNE that fails once is tried again (${failure})`, () => {
    for (let step = 0; step < 8; step += 1) {
      const network = createOnboardingNetwork();
      network.invitations.invite('pne-1', secretOf(1));
      const medium = createMemoryMedium();
      const device = network.device('pne-1', secretOf(1), medium);
      device.connect();
      medium.failAt(step, failure);
      bringIn(network, device, 12);
      assert.ok(device.isMember, `${step}`);
      assert.is(network.invitations.devices.length, 1, `${step}`);
    }
  });
}

test.run();
