// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { encodeError } from '../handshake/error-message.ts';
import { createPskResponder } from '../handshake/psk/responder.ts';
import { ImplementationLimits } from '../limits.ts';
import { Channel, encodeChannelMessage } from '../link/channel.ts';
import { PROVIDER } from './identities.testing.ts';
import {
  bringIn,
  createOnboardingNetwork,
  type OnboardingNetwork,
  onboardingOf,
  secretOf,
  type TestDevice,
} from './onboarding.testing.ts';

const test = suite('attacks on onboarding');

function invited(): { network: OnboardingNetwork; device: TestDevice } {
  const network = createOnboardingNetwork();
  network.invitations.invite('pne-1', secretOf(1));
  return { network, device: network.device('pne-1', secretOf(1)) };
}

function reasons(network: OnboardingNetwork, at: string): string[] {
  return network.refusals
    .filter((refusal) => refusal.at === at)
    .map(({ reason, pneId }) => `${reason} ${pneId ?? ''}`.trim());
}

test('of two devices with one secret the one that comes first joins, and the other is told and reported', () => {
  const { network, device } = invited();
  const thief = network.device('pne-1', secretOf(1));
  bringIn(network, device);
  thief.connect();
  network.settle();
  assert.equal([device.isMember, thief.isMember], [true, false]);
  assert.equal(thief.refusals, ['onboardingUsed']);
  assert.equal(reasons(network, 'server'), ['onboardingUsed pne-1']);
  assert.is(network.invitations.devices.length, 1);
});

test('so it is where both are being stored at once', () => {
  const { network, device } = invited();
  const other = network.device('pne-1', secretOf(1));
  network.invitations.held = [];
  device.connect();
  other.connect();
  network.settle();
  const { held } = network.invitations;
  assert.is(held.length, 2);
  network.invitations.held = undefined;
  for (const commit of held.reverse()) commit();
  network.settle();
  assert.equal([device.isMember, other.isMember], [false, true]);
  assert.equal(device.refusals, ['onboardingUsed']);
  assert.equal(reasons(network, 'server'), ['onboardingUsed pne-1']);
});

test('what was observed shows neither key nor credential, and comes to nothing when it is played again', () => {
  const { network, device } = invited();
  const seen: { message: Uint8Array; towards: 'gateway' | 'pne' }[] = [];
  device.tap = (message, towards) => {
    if (onboardingOf(message) !== undefined) seen.push({ message, towards });
    return [message];
  };
  bringIn(network, device);
  assert.is(seen.length, 4);
  const [credential] = network.invitations.devices;
  const air = seen.map(({ message }) => toHex(message)).join();
  assert.not.ok(air.includes(toHex(credential!.publicKey.subarray(0, 32))));
  assert.not.ok(air.includes(toHex(encodeUtf8('gateway'))));
  const eavesdropper = network.device('pne-1', secretOf(9));
  eavesdropper.connect();
  for (const { message, towards } of [...seen, ...seen]) eavesdropper.inject(message, towards);
  network.settle();
  assert.not.ok(eavesdropper.isMember);
  assert.is(network.invitations.devices.length, 1);
  assert.equal(network.joined, ['pne-1']);
});

for (const [name, secret, id] of [
  ['a wrong secret', 2, 'pne-1'],
  ['the code of another network', 3, 'pne-7'],
  ['the secret of one device under the id of another', 1, 'pne-2'],
] as const) {
  test(`${name} is unknown to the server, and nothing is kept of it`, () => {
    const { network } = invited();
    const stranger = network.device(id, secretOf(secret));
    for (let count = 0; count < 3; count += 1) bringIn(network, stranger, 2);
    assert.not.ok(stranger.isMember);
    assert.equal(network.invitations.devices, []);
    assert.equal(new Set(reasons(network, 'server')), new Set(['onboardingUnknown']));
  });
}

test('every flipped bit of a handshake is refused', () => {
  for (let place = 0; place < 4; place += 1) {
    for (const at of [1, 2, 20, -9, -1]) {
      const { network, device } = invited();
      let count = 0;
      device.tap = (message) => {
        if (onboardingOf(message) === undefined || count++ !== place) return [message];
        const flipped = message.slice();
        flipped[at < 0 ? flipped.length + at : at]! ^= 1;
        return [flipped];
      };
      device.connect();
      network.settle();
      assert.not.ok(device.isMember, `${place} ${at}`);
      device.tap = (message) => [message];
      bringIn(network, device);
      assert.ok(device.isMember, `${place} ${at}`);
      assert.is(network.invitations.devices.length, 1);
    }
  }
});

test('who has no secret cannot answer in place of the server', () => {
  const { network, device } = invited();
  const responder = createPskResponder({ provider: PROVIDER, version: 8, suites: [2] });
  let forged: Uint8Array | undefined;
  device.tap = (message, towards) => {
    const body = onboardingOf(message);
    if (body === undefined || towards === 'pne') return [];
    forged = responder.receive(body).respond({ connectionId: Uint8Array.of(3) }).message;
    return [];
  };
  device.connect();
  device.tap = (message) => (onboardingOf(message) === undefined ? [message] : []);
  device.inject(encodeChannelMessage(Channel.onboarding, forged!), 'pne');
  for (const length of [9, 40, 110])
    device.inject(encodeChannelMessage(Channel.onboarding, messageOf(length)), 'pne');
  network.settle();
  assert.not.ok(device.isMember);
  device.tap = (message) => [message];
  bringIn(network, device);
  assert.ok(device.isMember);
});

test('a PNE is not led to itself by its own messages', () => {
  const { network, device } = invited();
  const own: Uint8Array[] = [];
  device.tap = (message, towards) => {
    if (towards === 'gateway') own.push(message);
    return [];
  };
  device.connect();
  for (const message of own.splice(0)) device.inject(message, 'pne');
  network.settle();
  assert.equal([device.isMember, network.joined], [false, []]);
  device.tap = (message) => [message];
  bringIn(network, device);
  assert.ok(device.isMember);
});

test('a forged error ends a link, and the PNE joins on the next one', () => {
  const { network, device } = invited();
  const error = encodeChannelMessage(Channel.onboarding, encodeError({ code: 1, diagnostic: 'refused' }));
  device.connect();
  device.inject(error, 'pne');
  network.settle();
  assert.equal([device.isUp, device.isMember], [false, false]);
  bringIn(network, device);
  assert.ok(device.isMember);
});

test('a gateway relays a few messages of somebody who has proved nothing, none of them long', () => {
  const { network, device } = invited();
  const { onboardingMaxMessages, handshakeMaxMessageBytes } = ImplementationLimits;
  device.tap = (_message, towards) => (towards === 'gateway' ? [] : [_message]);
  device.connect();
  const junk = (length: number) => encodeChannelMessage(Channel.onboarding, messageOf(length));
  device.inject(junk(handshakeMaxMessageBytes + 1), 'gateway');
  assert.equal(reasons(network, 'gateway'), ['onboardingClosed']);
  for (let count = 0; count < onboardingMaxMessages + 2; count += 1) device.inject(junk(20), 'gateway');
  network.settle();
  assert.equal(reasons(network, 'gateway'), ['onboardingClosed', 'onboardingClosed', 'onboardingClosed']);
  assert.is(reasons(network, 'server').length, onboardingMaxMessages);
});

test('on few links at a time', () => {
  const network = createOnboardingNetwork();
  const { gatewayMaxOnboarding } = ImplementationLimits;
  const ids = Array.from({ length: gatewayMaxOnboarding + 1 }, (_, at) => `pne-${at}`);
  for (const id of ids) network.invitations.invite(id, secretOf(1));
  network.invitations.held = [];
  const devices = ids.map((id) => network.device(id, secretOf(1)));
  for (const device of devices) device.connect();
  network.settle();
  assert.equal(reasons(network, 'gateway'), ['onboardingClosed']);
  const { held } = network.invitations;
  network.invitations.held = undefined;
  for (const commit of held) commit();
  for (const device of devices) bringIn(network, device);
  assert.ok(devices.every(({ isMember }) => isMember));
});

test('a link that a PNE has secured relays nothing more of the onboarding', () => {
  const { network, device } = invited();
  bringIn(network, device);
  device.inject(encodeChannelMessage(Channel.onboarding, messageOf(20)), 'gateway');
  network.settle();
  assert.equal(reasons(network, 'gateway'), ['onboardingClosed pne-1']);
  assert.equal(reasons(network, 'server'), []);
});

/** A byte string of so many bytes with its head. */
function messageOf(length: number): Uint8Array {
  const message = new Uint8Array(length).fill(0x55);
  message[0] = length > 25 ? 0x58 : 0x40 + length - 1;
  if (length > 25) message[1] = length - 2;
  return message;
}

test.run();
