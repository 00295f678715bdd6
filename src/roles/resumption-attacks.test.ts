// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeError, isError } from '../handshake/error-message.ts';
import { createPskResponder } from '../handshake/psk/responder.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import { NEGOTIATION_EAD_LABEL, negotiationItem, negotiationValue } from '../negotiation/ead.ts';
import { answerOffer } from '../negotiation/exchange.ts';
import {
  agreedOn,
  deliver,
  type HandshakeMessage,
  holdHandshake,
  INTERFACES,
  interceptHandshake,
  refusedAt,
  takeOne,
} from './attacker.testing.ts';
import { PNE_END } from './ends.testing.ts';
import { PROVIDER } from './identities.testing.ts';
import { sideOf } from './interface.ts';
import { connectedOnce, methodsOn, reconnect } from './resumption.testing.ts';
import { assertWorks, passAll, recover } from './scenario.testing.ts';

const test = suite('attacks on resumption');

const REFUSED = encodeError({ code: 1, diagnostic: 'refused' });

/** The message_2 of somebody who has no key, with an answer as the true Responder would give it. */
function answerTo(message1: Uint8Array): Uint8Array {
  const knownEad = [NEGOTIATION_EAD_LABEL];
  const responder = createPskResponder({ provider: PROVIDER, version: 8, suites: [2], knownEad });
  const received = responder.receive(message1);
  const side = { ...sideOf(PNE_END, PLAIN_STREAM), methods: [4] };
  const { bytes } = answerOffer(negotiationValue(received.ead1), side, 4);
  return received.respond({ connectionId: Uint8Array.of(9), ead2: [negotiationItem(bytes)] }).message;
}

/** Restarts the PNE, so that it resumes both interfaces, while an attacker does something to one. */
function resumeAttacked(
  name: (typeof INTERFACES)[number],
  change: (message: HandshakeMessage) => readonly Uint8Array[],
) {
  const resuming = connectedOnce();
  interceptHandshake(resuming.network, name, change);
  resuming.network.restart('pne');
  recover(resuming.network, 4);
  return resuming;
}

for (const name of INTERFACES) {
  test(`${name}: a forged error costs a handshake with public keys and nothing else`, () => {
    const { network } = resumeAttacked(name, ({ bytes, towards }) =>
      towards === 'initiator' ? [REFUSED, bytes] : [bytes],
    );
    assert.equal(methodsOn(network, name), [3, 3]);
    assertWorks(network);
  });

  test(`${name}: so does a silence in front of whoever resumes`, () => {
    const { network } = resumeAttacked(name, ({ bytes }) => (bytes[0] === 4 ? [] : [bytes]));
    assert.equal(methodsOn(network, name), [3, 3]);
    assertWorks(network);
  });

  test(`${name}: a forged message_2 is answered, and the true one is agreed on`, () => {
    let forged: Uint8Array | undefined;
    const answers: Uint8Array[] = [];
    const { network } = resumeAttacked(name, ({ bytes, towards }) => {
      if (towards === 'responder' && bytes[0] === 4) forged = answerTo(bytes);
      else if (towards === 'responder') answers.push(bytes);
      if (towards === 'responder' || forged === undefined) return [bytes];
      const both = [forged, bytes];
      forged = undefined;
      return both;
    });
    // The responder refuses the first of the two, and its error is as good as a forged one.
    assert.equal(methodsOn(network, name), [3, 3]);
    assert.is(answers.length, 4);
    assertWorks(network);
  });

  test(`${name}: where that error is lost, the true message_2 is agreed on`, () => {
    let forged: Uint8Array | undefined;
    const { network } = resumeAttacked(name, ({ bytes, towards }) => {
      if (towards === 'responder' && bytes[0] === 4) forged = answerTo(bytes);
      if (towards === 'initiator' && isError(bytes)) return [];
      if (towards === 'responder' || forged === undefined) return [bytes];
      const both = [forged, bytes];
      forged = undefined;
      return both;
    });
    assert.equal(methodsOn(network, name), [3, 4]);
    assertWorks(network);
  });

  test(`${name}: a flipped bit in any message of a resumption is agreed on by nobody`, () => {
    for (let place = 0; place < 4; place += 1) {
      let count = 0;
      const { network } = resumeAttacked(name, ({ bytes }) => {
        if (count++ !== place) return [bytes];
        const flipped = bytes.slice();
        flipped[flipped.length - 1]! ^= 1;
        return [flipped];
      });
      passAll(network);
      recover(network, 4);
      assertWorks(network);
      const there = agreedOn(network, name);
      assert.ok(there.filter((role) => role === 'pne').length >= 2, `${place}`);
    }
  });
}

test('a key that a later handshake has replaced is refused', () => {
  const { network, slots } = connectedOnce();
  const [stolen] = slots['CPNS-1'].history;
  reconnect(network);
  network.pne.report('a record under the newer keys');
  network.settle();
  slots['CPNS-1'].key = stolen;
  reconnect(network);
  assert.equal(methodsOn(network, 'CPNS-1'), [3, 4, 3]);
  assert.equal(refusedAt(network, 'gateway'), ['credentialUnknown']);
});

test('before any record it is good once, for an Initiator that did not get message_4', () => {
  const { network, slots } = connectedOnce();
  const held = holdHandshake(network, 'CPNS-1');
  network.linkDown();
  network.linkUp();
  for (let left = 3; left > 0; left -= 1) {
    network.settle();
    deliver(network, 'CPNS-1', takeOne(held));
  }
  takeOne(held);
  passAll(network);
  assert.is(slots['CPNS-1'].history.length, 1);
  reconnect(network);
  assert.equal(methodsOn(network, 'CPNS-1'), [3, 4]);
});

test('a thief of the present key is found out by the PNE, which runs public keys', () => {
  const { network, slots, tables } = connectedOnce();
  const [stolen] = tables.server.candidates(slots['CPNS-3'].key!.psk.idCred);
  // The thief resumes: the server has the next key with it, and a record of its.
  const thief = { ...stolen!, psk: { ...stolen!.psk, idCred: Uint8Array.of(0xa1, 4, 0x42, 1, 2) } };
  tables.server.keep(thief, stolen);
  tables.server.confirm(thief);
  network.restart('pne');
  network.linkUp();
  network.settle();
  assert.equal(methodsOn(network, 'CPNS-3'), [3, 3]);
  assert.equal(refusedAt(network, 'server'), ['credentialUnknown']);
  assertWorks(network);
});

test('messages of an earlier resumption, played again, come to nothing', () => {
  const { network } = connectedOnce();
  const seen: HandshakeMessage[] = [];
  interceptHandshake(network, 'CPNS-1', (message) => {
    seen.push(message);
    return [message.bytes];
  });
  reconnect(network);
  const old = seen.splice(0);
  assert.is(old.length, 4);
  reconnect(network);
  passAll(network);
  const before = network.agreements.length;
  for (const message of [...old, ...old]) deliver(network, 'CPNS-1', message);
  assert.is(network.agreements.length, before);
  assertWorks(network);
});

test('a PNE is not led to itself by its own messages', () => {
  const { network } = connectedOnce();
  let isLed = true;
  interceptHandshake(network, 'CPNS-1', ({ bytes, towards }) => {
    if (isLed && towards === 'responder' && bytes[0] !== 3)
      deliver(network, 'CPNS-1', { bytes, towards: 'initiator' });
    return bytes[0] === 3 ? [bytes] : towards === 'initiator' ? [bytes] : isLed ? [] : [bytes];
  });
  reconnect(network);
  recover(network, 2);
  isLed = false;
  recover(network, 3);
  assert.ok(!methodsOn(network, 'CPNS-1').slice(1).includes(4));
  assertWorks(network);
});

test.run();
