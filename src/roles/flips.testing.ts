// SPDX-License-Identifier: Apache-2.0

/** Test code: every bit of every handshake message flipped, between real roles. */
import * as assert from 'uvu/assert';
import { flipBit } from '../handshake/test-fixture.ts';
import {
  agreedOn,
  assertRecovers,
  deliver,
  expireHalfOpen,
  type HandshakeMessage,
  interceptHandshake,
  type SecuredInterface,
} from './attacker.testing.ts';
import type { TestNetwork } from './network.testing.ts';

/**
 * Holds the `position`-th message of a handshake back, delivers it with every `stride`-th bit flipped, and
 * checks that each is refused at one end or the other, that nothing more is agreed, and that afterwards the
 * true handshake completes. Returns the number of flips and of bits.
 */
export function flipMessage(network: TestNetwork, name: SecuredInterface, position: number, stride: number) {
  const message = holdMessage(network, name, position);
  const bits = 8 * message.bytes.length;
  const agreed = agreedOn(network, name).length;
  let flips = 0;
  for (let bit = 0; bit < bits; bit += stride) {
    const before = network.refusals.length;
    deliver(network, name, { ...message, bytes: flipBit(message.bytes, bit) });
    assert.ok(network.refusals.length > before, `bit ${bit} was taken`);
    assert.is(agreedOn(network, name).length, agreed, `bit ${bit} was agreed on`);
    if (position === 1) expireHalfOpen(network);
    flips += 1;
  }
  assertRecovers(network);
  return { flips, bits };
}

function holdMessage(network: TestNetwork, name: SecuredInterface, position: number): HandshakeMessage {
  let passed = 0;
  let held: HandshakeMessage | undefined;
  interceptHandshake(network, name, (message) => {
    passed += 1;
    if (passed !== position) return [message.bytes];
    held = message;
    return [];
  });
  network.linkUp();
  network.settle();
  return held!;
}
