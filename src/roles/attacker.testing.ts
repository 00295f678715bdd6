// SPDX-License-Identifier: Apache-2.0

/** Test code: what an attacker on the air (CPNS-1) or a hostile gateway (CPNS-3) does to a handshake. */
import * as assert from 'uvu/assert';
import { isError } from '../handshake/error-message.ts';
import { halfOpenLifetimeMs } from '../handshake/retransmission.ts';
import { Channel, encodeChannelMessage } from '../link/channel.ts';
import { decodeRoute, encodeRoute } from '../link/route.ts';
import type { RoleName } from '../negotiation/policies.ts';
import type { ReasonName } from '../refusal.ts';
import type { Agreement } from './interface.ts';
import type { TestNetwork } from './network.testing.ts';

export const INTERFACES = Object.freeze(['CPNS-1', 'CPNS-3'] as const);
export type SecuredInterface = (typeof INTERFACES)[number];

export const RESPONDER = Object.freeze({ 'CPNS-1': 'gateway', 'CPNS-3': 'server' } as const);

/** A handshake message between the two ends, out of whatever carries it. */
export interface HandshakeMessage {
  readonly bytes: Uint8Array;
  readonly towards: 'initiator' | 'responder';
}

/** Shows each handshake message of an interface to `change`, which returns what passes in its place. */
export function interceptHandshake(
  network: TestNetwork,
  name: SecuredInterface,
  change: (message: HandshakeMessage) => readonly Uint8Array[],
): void {
  if (name === 'CPNS-1') {
    network.tap = (message, towards) => {
      if (message[0] !== Channel.hopHandshake) return [message];
      const to = towards === 'gateway' ? 'responder' : 'initiator';
      return change({ bytes: message.slice(1), towards: to }).map((bytes) =>
        encodeChannelMessage(Channel.hopHandshake, bytes),
      );
    };
    return;
  }
  network.relay = (bytes, towards) => {
    const { flow, message } = decodeRoute(bytes);
    if (message[0] !== Channel.endToEndHandshake) return [bytes];
    const to = towards === 'server' ? 'responder' : 'initiator';
    return change({ bytes: message.slice(1), towards: to }).map((changed) =>
      encodeRoute(flow, encodeChannelMessage(Channel.endToEndHandshake, changed)),
    );
  };
}

/** Holds every handshake message of an interface back, for the test to pass on. */
export function holdHandshake(network: TestNetwork, name: SecuredInterface): HandshakeMessage[] {
  const held: HandshakeMessage[] = [];
  interceptHandshake(network, name, (message) => {
    held.push(message);
    return [];
  });
  return held;
}

/** Keeps a copy of every handshake message of an interface. */
export function recordHandshake(network: TestNetwork, name: SecuredInterface): HandshakeMessage[] {
  const seen: HandshakeMessage[] = [];
  interceptHandshake(network, name, (message) => {
    seen.push(message);
    return [message.bytes];
  });
  return seen;
}

/** Delivers a message, and what it causes. */
export function deliver(
  network: TestNetwork,
  name: SecuredInterface,
  { bytes, towards }: HandshakeMessage,
): void {
  if (name === 'CPNS-1') {
    const message = encodeChannelMessage(Channel.hopHandshake, bytes);
    network.inject(message, towards === 'responder' ? 'gateway' : 'pne');
  } else {
    const message = encodeChannelMessage(Channel.endToEndHandshake, bytes);
    network.injectRelay(encodeRoute(network.flow, message), towards === 'responder' ? 'server' : 'gateway');
  }
  network.settle();
}

/** Takes what is held: exactly one message that is no error. Errors, which anyone may send, are dropped. */
export function takeOne(held: HandshakeMessage[]): HandshakeMessage {
  const messages = held.splice(0).filter(({ bytes, towards }) => towards === 'responder' || !isError(bytes));
  assert.is(messages.length, 1);
  return messages[0]!;
}

export function agreementsOn(
  network: TestNetwork,
  name: SecuredInterface,
): { readonly at: RoleName; readonly agreement: Agreement }[] {
  return network.agreements.filter(({ agreement }) => agreement.name === name);
}

/** Who agreed on an interface, in this order. */
export function agreedOn(network: TestNetwork, name: SecuredInterface): RoleName[] {
  return agreementsOn(network, name).map(({ at }) => at);
}

export function refusedAt(network: TestNetwork, role: RoleName): ReasonName[] {
  return network.refusals.filter(({ at }) => at === role).map(({ reason }) => reason);
}

/** Ends half-open handshakes, as after their lifetime. */
export function expireHalfOpen(network: TestNetwork): void {
  network.fireTimers((milliseconds) => milliseconds === halfOpenLifetimeMs);
}

/** Once the attacker has left and the timers fire, the true handshakes complete and a reading arrives once. */
export function assertRecovers(network: TestNetwork): void {
  network.tap = (message) => [message];
  network.relay = (message) => [message];
  network.pne.report('true');
  for (let round = 0; round < 3; round += 1) {
    network.settle();
    network.fireTimers();
  }
  network.settle();
  assert.equal(
    network.received.map(({ value }) => value),
    ['true'],
  );
  for (const name of INTERFACES) assert.equal(agreedOn(network, name), [RESPONDER[name], 'pne']);
}
