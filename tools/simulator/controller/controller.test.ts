// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { connectedHosts, encrypt, SECOND } from './hand-host.testing.ts';
import { Event } from './hci/packet.ts';

const test = suite('simulator/controller');

test('two hosts connect, encrypt and exchange data', () => {
  const hosts = connectedHosts();
  const { air, central, peripheral } = hosts;
  central.send(central.handle, Uint8Array.of(1, 2, 3));
  air.clock.run(SECOND);
  assert.equal(peripheral.received(), [Uint8Array.of(1, 2, 3)]);
  encrypt(hosts);
  assert.equal(central.events(Event.encryptionChange), [Uint8Array.of(0, 1, 0, 1)]);
  assert.equal(peripheral.events(Event.encryptionChange), [Uint8Array.of(0, 1, 0, 1)]);
  const long = Uint8Array.from({ length: 251 }, (_, at) => at);
  central.send(central.handle, long);
  peripheral.send(peripheral.handle, long);
  air.clock.run(SECOND);
  assert.equal(peripheral.received()[1], long);
  assert.equal(central.received(), [long]);
});

test.run();
