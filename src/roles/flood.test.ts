// SPDX-License-Identifier: Apache-2.0

/** Floods of message_1, which cost their sender nothing. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isError } from '../handshake/error-message.ts';
import { decodeMessage1, encodeMessage1 } from '../handshake/message-1.ts';
import { ImplementationLimits } from '../limits.ts';
import { NEGOTIATION_EAD_LABEL } from '../negotiation/ead.ts';
import {
  agreedOn,
  agreementsOn,
  assertRecovers,
  deliver,
  expireHalfOpen,
  type HandshakeMessage,
  holdHandshake,
  INTERFACES,
  RESPONDER,
  refusedAt,
  type SecuredInterface,
  takeOne,
} from './attacker.testing.ts';
import { createTestNetwork, type TestNetwork } from './network.testing.ts';

const test = suite('floods');

for (const name of INTERFACES) {
  test(`${name}: a flood of message_1 while a handshake is under way`, () => {
    const network = createTestNetwork();
    const held = holdHandshake(network, name);
    network.linkUp();
    network.settle();
    const message1 = takeOne(held);
    deliver(network, name, message1);
    const message2 = takeOne(held);
    flood(network, name, message1);
    held.length = 0;
    deliver(network, name, message2);
    deliver(network, name, takeOne(held));
    deliver(network, name, takeOne(held));
    assert.equal(agreedOn(network, name), [RESPONDER[name], 'pne']);
    assertRecovers(network);
  });

  test(`${name}: after a flood of message_1 new handshakes complete, and its identifiers are free again`, () => {
    const network = createTestNetwork();
    const held = holdHandshake(network, name);
    network.linkUp();
    network.settle();
    const message1 = takeOne(held);
    flood(network, name, message1);
    held.length = 0;
    deliver(network, name, message1);
    assert.ok(held.every(({ bytes }) => isError(bytes)));
    expireHalfOpen(network);
    assertRecovers(network);
    const [responder, pne] = agreementsOn(network, name).map(({ agreement }) => agreement.connectionId);
    assert.equal(pne, Uint8Array.of(0));
    if (name === 'CPNS-1') assert.equal(responder, Uint8Array.of(1));
  });
}

/** Hundreds of messages 1, each unlike the others, of which few may be kept half open. */
function flood(network: TestNetwork, name: SecuredInterface, message1: HandshakeMessage): void {
  const { ead1, ...message } = decodeMessage1(message1.bytes, [NEGOTIATION_EAD_LABEL]);
  const before = refusedAt(network, RESPONDER[name]).length;
  for (let number = 0; number < 300; number += 1) {
    const padding = { label: 0, critical: false, value: Uint8Array.of(number >> 8, number & 0xff) };
    const bytes = encodeMessage1(message, [...ead1.items, padding]);
    deliver(network, name, { bytes, towards: 'responder' });
  }
  const refused = refusedAt(network, RESPONDER[name]).slice(before);
  assert.ok(refused.length >= 300 - ImplementationLimits.maxHalfOpenPerPeer);
  assert.ok(refused.every((reason) => reason === 'queueFull'));
}

test.run();
