// SPDX-License-Identifier: Apache-2.0

/** Test code: what happens to a test network, and what it shall have come to. */
import * as assert from 'uvu/assert';
import type { RoleName } from '../negotiation/policies.ts';
import { agreementsOn, type SecuredInterface } from './attacker.testing.ts';
import type { InterfaceOptions } from './interface.ts';
import { createTestNetwork, type TestNetwork, type TestNetworkOptions } from './network.testing.ts';
import type { Outcome } from './pne-readings.ts';

/** A network whose link is up and whose messages have all arrived. */
export function connected(options: TestNetworkOptions = {}): TestNetwork {
  const network = createTestNetwork(options);
  network.linkUp();
  network.settle();
  return network;
}

/** The same, in which roles bring something else to one interface. */
export function connectedWith(
  name: SecuredInterface,
  changes: Partial<Record<RoleName, Partial<InterfaceOptions>>>,
  options: TestNetworkOptions = {},
): TestNetwork {
  const change = (own: InterfaceOptions, role: RoleName) =>
    own.name === name ? { ...own, ...changes[role] } : own;
  return connected({ ...options, change });
}

/** Lets time pass, as the host does: messages move, timers fire, and a link that went down comes up again. */
export function recover(network: TestNetwork, rounds = 8): void {
  for (let round = 0; round < rounds; round += 1) {
    if (!network.isUp) network.linkUp();
    network.settle();
    network.fireTimers();
  }
  if (!network.isUp) network.linkUp();
  network.settle();
}

export function passAll(network: TestNetwork): void {
  network.tap = (message) => [message];
  network.relay = (message) => [message];
}

/** The readings that the server was given, in this order. */
export function values(network: TestNetwork): unknown[] {
  return network.received.map(({ value }) => value);
}

/** The same where they are numbers, in ascending order. */
export function sorted(network: TestNetwork): number[] {
  return (values(network) as number[]).slice().sort((a, b) => a - b);
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, value) => value);
}

/** How many readings came to that. */
export function outcomes(network: TestNetwork, outcome: Outcome): number {
  return network.receipts.filter((receipt) => receipt.outcome === outcome).length;
}

/** The COSE algorithms of an interface, to the Responder and to the Initiator, as both ends have them. */
export function recordAlgorithms(network: TestNetwork, name: SecuredInterface): (number | undefined)[] {
  const [there, here] = agreementsOn(network, name).map(({ agreement: { choice } }) => [
    choice.toResponder.recordAlgorithm,
    choice.toInitiator.recordAlgorithm,
  ]);
  assert.equal(here, there);
  return here!;
}

/** A reading and a content pass, once each. */
export function assertWorks(network: TestNetwork): void {
  network.pne.report('reading');
  network.server.deliver('pne-1', 'content');
  network.settle();
  assert.equal(values(network), ['reading']);
  assert.equal(network.contents, ['content']);
  assert.ok(network.pne.idle);
}
