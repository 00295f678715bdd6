// SPDX-License-Identifier: Apache-2.0

/**
 * Connection identifiers of hand-made peers under each record algorithm, at both ends: what a record cannot
 * carry is refused as soon as the algorithm is known. And sessions that cannot be made, after which no end is
 * established alone and nothing is left.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCountingProvider } from '../handshake/counting-provider.testing.ts';
import { isError } from '../handshake/error-message.ts';
import { createInitiator } from '../handshake/initiator.ts';
import { decodeMessage1, encodeMessage1 } from '../handshake/message-1.ts';
import { encodePlaintext2 } from '../handshake/message-2.ts';
import { createResponder } from '../handshake/responder.ts';
import { halfOpenLifetimeMs } from '../handshake/retransmission.ts';
import { forgeMessage2 } from '../handshake/test-fixture.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import { VirtualTime } from '../link/time.testing.ts';
import { NEGOTIATION_EAD_LABEL, negotiationItem, negotiationValue } from '../negotiation/ead.ts';
import { acceptAnswer, answerOffer, createOffer } from '../negotiation/exchange.ts';
import { Authentication, Confidentiality, Integrity } from '../negotiation/mechanisms.ts';
import { policyOf, termsOf } from '../negotiation/side.testing.ts';
import { createTestInitiator, createTestResponder, GATEWAY_END, PNE_END } from './ends.testing.ts';
import { IDENTITIES, PROVIDER } from './identities.testing.ts';
import { handshakeOptions, type InterfaceOptions, sideOf } from './interface.ts';
import { openChannel } from './secure-channel.ts';

const test = suite('identifiers that records carry');

const { tag64, tag128, hmac64, hmac256 } = Integrity;
const { aesCcm64, aesCcm128, a128Gcm, chaCha20, none } = Confidentiality;

/** Of a session nothing can be made with it. */
const { records: _, ...WITHOUT_RECORDS } = PROVIDER;

/** Nonce length - 6 (RFC 8613 section 3.3). */
const PROTECTIONS = [
  ['AES-CCM-16-64-128', protection(tag64, aesCcm64), undefined, 7],
  ['AES-CCM-16-128-128', protection(tag128, aesCcm128), undefined, 7],
  ['A128GCM', protection(tag128, a128Gcm), undefined, 6],
  ['ChaCha20/Poly1305', protection(tag128, chaCha20), undefined, 6],
  ['HMAC 256/64', protection(hmac64, none), undefined, 7],
  ['HMAC 256/256', protection(hmac256, none), undefined, 7],
  ['A128GCM there and HMAC 256/64 back', protection(tag128, a128Gcm), protection(hmac64, none), 6],
  ['HMAC 256/64 there and ChaCha20/Poly1305 back', protection(hmac64, none), protection(tag128, chaCha20), 6],
] as const;

function protection(integrity: number, confidentiality: number) {
  return { integrity: termsOf(0, integrity), confidentiality: termsOf(0, confidentiality) };
}

for (const [name, toResponder, toInitiator = toResponder, longest] of PROTECTIONS) {
  const policy = { ...policyOf(termsOf(64, Authentication.method3), toResponder), toInitiator };

  test(`${name}: a Responder takes identifiers of 0 to ${longest} bytes, and refuses longer ones at once`, () => {
    for (const length of lengths(longest)) {
      const counting = createCountingProvider(WITHOUT_RECORDS);
      const provider = length > longest ? counting.provider : PROVIDER;
      const clock = new VirtualTime();
      const responder = createTestResponder({ ...GATEWAY_END, policy, provider }, { clock });
      const peer = handmadeInitiator({ ...PNE_END, policy }, new Uint8Array(length).fill(9));
      responder.receive(peer.message1);
      if (length <= longest) {
        responder.receive(peer.message3(responder.sent[0]!));
        assert.is(responder.agreements.length, 1, `${length}`);
        peer.assertWorks(responder.sent[1]!, responder.agreements[0]!.channel);
        continue;
      }
      assert.equal(responder.refusals, ['connectionIdInvalid'], `${length}`);
      assert.ok(responder.sent.every(isError));
      assert.equal([responder.ids.size, clock.running, counting.made()], [0, 0, 0]);
    }
  });

  test(`${name}: an Initiator takes identifiers of 0 to ${longest} bytes, and answers no longer one`, () => {
    for (const length of lengths(longest)) {
      const counting = createCountingProvider(WITHOUT_RECORDS);
      const provider = length > longest ? counting.provider : PROVIDER;
      const clock = new VirtualTime();
      const initiator = createTestInitiator({ ...PNE_END, policy, provider }, { clock });
      const peer = handmadeResponder({ ...GATEWAY_END, policy }, new Uint8Array(length).fill(9));
      initiator.receive(peer.message2(initiator.sent[0]!));
      if (length <= longest) {
        initiator.receive(peer.message4(initiator.sent[1]!));
        assert.is(initiator.agreements.length, 1, `${length}`);
        peer.assertWorks(initiator.agreements[0]!.channel);
        continue;
      }
      assert.equal(initiator.refusals, ['connectionIdInvalid'], `${length}`);
      assert.is(initiator.sent.length, 1);
      clock.pass(halfOpenLifetimeMs);
      assert.ok(initiator.sent.every((message) => message.join() === initiator.sent[0]!.join()));
      assert.equal([initiator.failures(), clock.running, counting.alive()], [1, 0, 0]);
    }
  });
}

test('a Responder that chose the identifier of the Initiator is not answered', () => {
  const initiator = createTestInitiator();
  initiator.receive(handmadeResponder(GATEWAY_END, Uint8Array.of(0), true).message2(initiator.sent[0]!));
  assert.equal(initiator.refusals, ['connectionIdInvalid']);
  assert.is(initiator.sent.length, 1);
});

test('31 handshakes whose session the Responder cannot make: none gets message_4, and nothing is left', () => {
  const counting = createCountingProvider(WITHOUT_RECORDS);
  const clock = new VirtualTime();
  const responder = createTestResponder({ ...GATEWAY_END, provider: counting.provider }, { clock });
  for (let count = 0; count < 31; count += 1) {
    const peer = handmadeInitiator(PNE_END, Uint8Array.of(9));
    responder.sent.length = 0;
    responder.receive(peer.message1);
    const message3 = peer.message3(responder.sent[0]!);
    for (let copy = 0; copy < 2; copy += 1) responder.receive(message3);
    assert.equal(responder.sent.map(isError), [false, true, true]);
    assert.equal([responder.ids.size, clock.running, counting.alive()], [0, 0, 0]);
  }
  assert.equal(responder.agreements, []);
  assert.is(responder.refusals.filter((reason) => reason === 'unsupportedAlgorithm').length, 31);
});

test('an Initiator that cannot make its session fails at once, and nothing is left', () => {
  const counting = createCountingProvider(WITHOUT_RECORDS);
  const clock = new VirtualTime();
  const initiator = createTestInitiator({ ...PNE_END, provider: counting.provider }, { clock });
  const peer = handmadeResponder(GATEWAY_END, Uint8Array.of(9));
  initiator.receive(peer.message2(initiator.sent[0]!));
  initiator.receive(peer.message4(initiator.sent[1]!));
  assert.equal(initiator.refusals, ['unsupportedAlgorithm']);
  assert.equal(initiator.agreements, []);
  assert.equal([initiator.failures(), clock.running, counting.alive()], [1, 0, 0]);
});

/** All there are, or, on an engine that is slow without C, those where something changes. */
function lengths(longest: number): readonly number[] {
  const all = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  return 'WebAssembly' in globalThis
    ? all
    : all.filter((length) => length % 8 === 0 || length === longest || length === longest + 1);
}

/** An Initiator by hand, with any identifier. One of 8 bytes, which none can have, is put into its message_1. */
function handmadeInitiator(own: InterfaceOptions, connectionId: Uint8Array) {
  const side = sideOf(own, PLAIN_STREAM);
  const offer = createOffer(side);
  const wait = createInitiator({ ...handshakeOptions(own), method: 3 }).start({
    connectionId: connectionId.subarray(0, 7),
    ead1: [negotiationItem(offer.bytes)],
  });
  const { ead1, ...fields } = decodeMessage1(wait.message, [NEGOTIATION_EAD_LABEL]);
  let closing: ReturnType<typeof answer>;

  function answer(message2: Uint8Array) {
    const verified = wait.receive(message2).verify(IDENTITIES.gateway.credential);
    const { choice, echo } = acceptAnswer(negotiationValue(verified.ead2), offer, side, 3);
    return { choice, confirmation: verified.finish([negotiationItem(echo)]) };
  }

  return {
    message1: encodeMessage1({ ...fields, cI: connectionId }, ead1.items),
    message3(message2: Uint8Array): Uint8Array {
      closing = answer(message2);
      return closing.confirmation.message;
    },
    assertWorks(message4: Uint8Array, there: ReturnType<typeof openChannel>): void {
      const { choice, confirmation } = closing;
      assertPasses(openChannel(confirmation.receive(message4).established, choice, 'initiator'), there);
    },
  };
}

/** A Responder by hand, with any identifier. What `isForged` or has 8 bytes is in a message_2 that proves nothing. */
function handmadeResponder(own: InterfaceOptions, connectionId: Uint8Array, isForged = false) {
  const responder = createResponder({ ...handshakeOptions(own), methods: [3] });
  let answer: ReturnType<typeof respond>;
  let channel: ReturnType<typeof openChannel>;

  function respond(message1: Uint8Array) {
    const received = responder.receive(message1);
    const { bytes, proposed } = answerOffer(negotiationValue(received.ead1), sideOf(own, PLAIN_STREAM), 3);
    return { wait: received.respond({ connectionId, ead2: [negotiationItem(bytes)] }), proposed };
  }

  function forge(message1: Uint8Array): Uint8Array {
    const { gX } = decodeMessage1(message1, [NEGOTIATION_EAD_LABEL]);
    const { idCred } = IDENTITIES.gateway.credential;
    const fields = { cR: connectionId, idCredR: idCred, signatureOrMac2: new Uint8Array(8) };
    return forgeMessage2(PROVIDER, 2, message1, gX, encodePlaintext2(fields, new Uint8Array(0)));
  }

  return {
    message2(message1: Uint8Array): Uint8Array {
      if (isForged || connectionId.length > 7) return forge(message1);
      answer = respond(message1);
      return answer.wait.message;
    },
    message4(message3: Uint8Array): Uint8Array {
      const verified = answer.wait.receive(message3).verify(IDENTITIES.pne.credential).answer();
      channel = openChannel(verified.established, answer.proposed, 'responder');
      return verified.message;
    },
    assertWorks: (there: ReturnType<typeof openChannel>) => assertPasses(channel, there),
  };
}

function assertPasses(here: ReturnType<typeof openChannel>, there: ReturnType<typeof openChannel>): void {
  const message = Uint8Array.of(1, 2, 3);
  assert.equal(there.unprotect(here.protect(message)), message);
  assert.equal(here.unprotect(there.protect(message)), message);
}

test.run();
