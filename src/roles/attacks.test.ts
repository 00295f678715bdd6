// SPDX-License-Identifier: Apache-2.0

/**
 * Attacks on the handshakes between real roles: of CPNS-1 by whoever is on the air, of CPNS-3 by a hostile
 * gateway. In each nothing false is agreed, and the true handshake completes afterwards.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Curve } from '../crypto/curves.ts';
import { createCredentialStore } from '../handshake/credential.ts';
import { createInitiator } from '../handshake/initiator.ts';
import { decodeMessage1, encodeMessage1 } from '../handshake/message-1.ts';
import { createResponder } from '../handshake/responder.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import { NEGOTIATION_EAD_LABEL, negotiationItem, negotiationValue } from '../negotiation/ead.ts';
import { answerOffer } from '../negotiation/exchange.ts';
import {
  agreedOn,
  agreementsOn,
  assertRecovers,
  deliver,
  holdHandshake,
  INTERFACES,
  RESPONDER,
  recordHandshake,
  refusedAt,
  type SecuredInterface,
  takeOne,
} from './attacker.testing.ts';
import { assertRefused, networkWith, OTHER_WAY, stolen } from './attacks.testing.ts';
import { IDENTITIES, PROVIDER } from './identities.testing.ts';
import { sideOf, staticDhInterface } from './interface.ts';
import { createTestNetwork } from './network.testing.ts';

const test = suite('attacks');

for (const name of INTERFACES) {
  const responder = RESPONDER[name];

  for (const at of ['pne', responder] as const) {
    test(`${name}: a peer that the ${at} does not know`, () => {
      const network = networkWith(at, name, (own) => ({ ...own, peers: createCredentialStore([]) }));
      network.linkUp();
      network.settle();
      assertRefused(network, at, name, 'credentialUnknown');
    });
  }

  test(`${name}: a responder with the right kid and another key`, () => {
    const network = networkWith(responder, name, (own) => ({
      ...own,
      identities: own.identities.map(stolen),
    }));
    network.linkUp();
    network.settle();
    assertRefused(network, 'pne', name, 'macInvalid');
    assert.equal(agreedOn(network, name), []);
  });

  test(`${name}: a PNE with the right kid and another key`, () => {
    const network = networkWith('pne', name, (own) => ({ ...own, identities: own.identities.map(stolen) }));
    network.linkUp();
    network.settle();
    assertRefused(network, responder, name, 'macInvalid');
    assert.equal(agreedOn(network, name), []);
  });

  test(`${name}: a credential that is not the claimed one`, () => {
    const peers = { candidates: () => [IDENTITIES.otherPne.credential] };
    const network = networkWith('pne', name, (own) => ({ ...own, peers }));
    network.linkUp();
    network.settle();
    assertRefused(network, 'pne', name, 'credentialInvalid');
  });

  test(`${name}: each message reflected to its sender`, () => {
    const network = createTestNetwork();
    const held = holdHandshake(network, name);
    network.linkUp();
    network.settle();
    for (let step = 1; step <= 4; step += 1) {
      const message = takeOne(held);
      const before = network.refusals.length;
      deliver(network, name, { ...message, towards: OTHER_WAY[message.towards] });
      assert.ok(network.refusals.length > before, `message ${step}`);
      held.length = 0;
      assert.is(agreedOn(network, name).length, step === 4 ? 1 : 0);
      deliver(network, name, message);
    }
    assertRecovers(network);
  });

  test(`${name}: messages of an earlier run, and message_3 before message_1`, () => {
    const network = createTestNetwork();
    const earlier = recordHandshake(network, name);
    network.linkUp();
    network.settle();
    assert.is(earlier.length, 4);
    network.restart('pne');
    network.agreements.length = 0;
    const held = holdHandshake(network, name);
    network.linkUp();
    network.settle();
    deliver(network, name, earlier[2]!);
    for (const old of earlier) {
      const message = takeOne(held);
      deliver(network, name, old);
      for (const caused of held.splice(0)) deliver(network, name, caused);
      held.length = 0;
      assert.is(agreedOn(network, name).length, old === earlier[3] ? 1 : 0);
      deliver(network, name, message);
    }
    assertRecovers(network);
  });

  test(`${name}: message_1 and message_2 repeated while the handshake runs are answered from store`, () => {
    const network = createTestNetwork();
    const held = holdHandshake(network, name);
    network.linkUp();
    network.settle();
    for (let step = 1; step <= 2; step += 1) {
      const message = takeOne(held);
      deliver(network, name, message);
      const answer = held[0];
      deliver(network, name, message);
      assert.equal(held, [answer, answer]);
      held.length = 1;
    }
    deliver(network, name, takeOne(held));
    deliver(network, name, takeOne(held));
    assert.equal(agreedOn(network, name), [responder, 'pne']);
    assert.equal(network.refusals, []);
  });

  test(`${name}: what is repeated after the end is answered from store, and changes nothing`, () => {
    const network = createTestNetwork();
    const run = recordHandshake(network, name);
    network.linkUp();
    network.settle();
    const answers = holdHandshake(network, name);
    deliver(network, name, run[2]!);
    assert.equal(answers.splice(0), [run[3]!]);
    for (const message of run) deliver(network, name, message);
    answers.length = 0;
    assertRecovers(network);
  });

  test(`${name}: ephemeral keys swapped by a man in the middle`, () => {
    const network = createTestNetwork();
    const held = holdHandshake(network, name);
    network.linkUp();
    network.settle();
    const message1 = takeOne(held);
    const own = PROVIDER.generateKey(Curve.P256).publicKey.subarray(0, 32);
    deliver(network, name, { ...message1, bytes: withEphemeral(message1.bytes, own) });
    const message2 = takeOne(held);
    const swapped = message2.bytes.slice();
    swapped.set(own, 2);
    for (const bytes of [swapped, message2.bytes]) deliver(network, name, { ...message2, bytes });
    assert.ok(refusedAt(network, 'pne').length >= 2);
    assert.equal(held, []);
    assert.equal(agreedOn(network, name), []);
    assertRecovers(network);
  });

  test(`${name}: a man in the middle with a handshake of its own on either side`, () => {
    const network = createTestNetwork();
    const held = holdHandshake(network, name);
    network.linkUp();
    network.settle();
    const message1 = takeOne(held);
    const middle = manInTheMiddle(name, message1.bytes);
    deliver(network, name, { bytes: middle.message2, towards: 'initiator' });
    assert.ok(refusedAt(network, 'pne').includes('macInvalid'));
    deliver(network, name, { bytes: middle.message1, towards: 'responder' });
    deliver(network, name, { bytes: middle.message3(takeOne(held).bytes), towards: 'responder' });
    assert.ok(refusedAt(network, responder).includes('macInvalid'));
    assert.equal(agreedOn(network, name), []);
    held.length = 0;
    assertRecovers(network);
  });

  test(`${name}: the messages of two PNEs swapped`, () => {
    const networks = [
      createTestNetwork(),
      createTestNetwork({
        identities: { ...IDENTITIES, pne: IDENTITIES.otherPne, otherPne: IDENTITIES.pne },
      }),
    ] as const;
    const held = networks.map((network) => holdHandshake(network, name));
    for (const network of networks) {
      network.linkUp();
      network.settle();
    }
    for (let step = 1; step <= 4; step += 1) {
      const messages = held.map(takeOne);
      for (const [at, network] of networks.entries()) deliver(network, name, messages[1 - at]!);
      for (const [at, network] of networks.entries()) {
        for (const caused of held[at]!.splice(0)) deliver(network, name, caused);
        held[at]!.length = 0;
        assert.is(agreedOn(network, name).length, step === 4 ? 1 : 0, `message ${step}`);
      }
      for (const [at, network] of networks.entries()) deliver(network, name, messages[at]!);
    }
    assert.equal(
      networks.map((network) => agreementsOn(network, name)[0]!.agreement.peer.subject),
      ['pne-1', 'pne-2'],
    );
  });
}

function withEphemeral(message1: Uint8Array, gX: Uint8Array): Uint8Array {
  const { ead1, ...message } = decodeMessage1(message1, [NEGOTIATION_EAD_LABEL]);
  return encodeMessage1({ ...message, gX }, ead1.items);
}

/** Someone who has every name and offer, and no key: answers the PNE, and is one to the responder. */
function manInTheMiddle(name: SecuredInterface, message1: Uint8Array) {
  const responder = RESPONDER[name];
  const knownEad = [NEGOTIATION_EAD_LABEL];
  const common = { provider: PROVIDER, suites: [2], knownEad };
  const towardsPne = createResponder({
    ...common,
    methods: [3],
    identities: [stolen(IDENTITIES[responder])],
  });
  const received = towardsPne.receive(message1);
  const side = sideOf(staticDhInterface(responder, name, PROVIDER, IDENTITIES[responder], []), PLAIN_STREAM);
  const answer = answerOffer(negotiationValue(received.ead1), side, 3);
  const ead2 = [negotiationItem(answer.bytes)];
  const towardsResponder = createInitiator({ ...common, method: 3, identities: [stolen(IDENTITIES.pne)] });
  const wait = towardsResponder.start({ connectionId: received.peerConnectionId, ead1: received.ead1 });
  return {
    message1: wait.message,
    message2: received.respond({ connectionId: Uint8Array.of(9), ead2 }).message,
    message3(message2: Uint8Array): Uint8Array {
      const verified = wait.receive(message2).verify(IDENTITIES[responder].credential);
      return verified.finish([negotiationItem(negotiationValue(verified.ead2)!)]).message;
    },
  };
}

test.run();
