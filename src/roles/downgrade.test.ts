// SPDX-License-Identifier: Apache-2.0

/**
 * Downgrades of what is negotiated, by whoever is on the air (CPNS-1) or a hostile gateway (CPNS-3): of the
 * suite in SUITES_I and SUITES_R, of the mechanisms in EAD_1.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeError } from '../handshake/error-message.ts';
import { decodeMessage1, encodeMessage1, type Message1 } from '../handshake/message-1.ts';
import { decodeOffer, encodeOffer, NEGOTIATION_EAD_LABEL, negotiationItem } from '../negotiation/ead.ts';
import { Authentication, Confidentiality, Integrity } from '../negotiation/mechanisms.ts';
import type { Offer } from '../negotiation/select.ts';
import {
  agreedOn,
  agreementsOn,
  assertRecovers,
  deliver,
  expireHalfOpen,
  holdHandshake,
  INTERFACES,
  interceptHandshake,
  RESPONDER,
  refusedAt,
  type SecuredInterface,
} from './attacker.testing.ts';
import { createTestNetwork, type TestNetwork } from './network.testing.ts';

const test = suite('downgrades');

const { tag64, tag128, hmac64 } = Integrity;
const { aesCcm64, chaCha20, none } = Confidentiality;

type ChangeMessage1 = (message: Message1, offer: Offer) => Uint8Array;

function withSuites(...suites: number[]): ChangeMessage1 {
  return (message, offer) => encodeMessage1({ ...message, suites }, [negotiationItem(encodeOffer(offer))]);
}

function withOffer(change: (offer: Offer) => Partial<Offer>): ChangeMessage1 {
  return (message, offer) =>
    encodeMessage1(message, [negotiationItem(encodeOffer({ ...offer, ...change(offer) }))]);
}

function bothWays(integrity: readonly number[], confidentiality: readonly number[]): Partial<Offer> {
  const protection = { integrity, confidentiality };
  return { toResponder: protection, toInitiator: protection };
}

const CHANGES: Readonly<Record<string, ChangeMessage1>> = {
  'another suite selected': withSuites(3),
  'suites that nobody has': withSuites(24, 25),
  'a suite that the PNE does not prefer': withSuites(2, 3),
  'another method': (message, offer) =>
    encodeMessage1({ ...message, method: 0 }, [negotiationItem(encodeOffer(offer))]),
  'the offer stripped': (message) => encodeMessage1(message, []),
  'the offer made ignorable': (message, offer) =>
    encodeMessage1(message, [{ ...negotiationItem(encodeOffer(offer)), critical: false }]),
  'an offer of one weaker mechanism': withOffer(() => bothWays([tag64], [aesCcm64])),
  'an offer of one stronger mechanism': withOffer(() => bothWays([tag128], [chaCha20])),
  'an offer without encryption': withOffer(() => bothWays([hmac64], [none])),
  'an offer of encryption or none': withOffer(() => bothWays([hmac64, tag64], [none, aesCcm64])),
  'an offer of less in one direction': withOffer(() => ({
    toInitiator: { integrity: [tag64], confidentiality: [aesCcm64] },
  })),
  'an offer in another order': withOffer(({ toResponder: { integrity, confidentiality } }) =>
    bothWays([...integrity].reverse(), [...confidentiality].reverse()),
  ),
  'an offer of another authentication': withOffer(() => ({ authentication: [Authentication.method0] })),
  'an offer of more authentication': withOffer(({ authentication }) => ({
    authentication: [...authentication, Authentication.method0],
  })),
  'an offer that delegates to a link': withOffer(() => ({
    ...bothWays([tag64, Integrity.delegated], [aesCcm64, Confidentiality.delegated]),
    binding: new Uint8Array(16),
  })),
};

test('each way makes another message_1', () => {
  const message = { method: 3, suites: [2], gX: new Uint8Array(32), cI: Uint8Array.of(1) };
  const offer = {
    authentication: [Authentication.method3],
    ...bothWays([tag64, tag128], [aesCcm64, chaCha20]),
  } as Offer;
  const genuine = encodeMessage1(message, [negotiationItem(encodeOffer(offer))]);
  const made = Object.values(CHANGES).map((change) => changed(genuine, change).join());
  assert.is(new Set([genuine.join(), ...made]).size, 1 + made.length);
});

for (const name of INTERFACES) {
  test(`${name}: message_1 altered in any of ${Object.keys(CHANGES).length} ways`, () => {
    const network = createTestNetwork();
    const held = holdHandshake(network, name);
    network.linkUp();
    network.settle();
    const [message1] = held.splice(0);
    for (const [way, change] of Object.entries(CHANGES)) {
      const before = network.refusals.length;
      deliver(network, name, { ...message1!, bytes: changed(message1!.bytes, change) });
      for (const answer of held.splice(0)) deliver(network, name, answer);
      assert.ok(network.refusals.length > before, `${way}: refused by nobody`);
      assert.equal(held, [], way);
      assert.equal(agreedOn(network, name), [], way);
      expireHalfOpen(network);
    }
    assertRecovers(network);
    assertUndiminished(network, name);
  });

  for (const [error, bytes, reason] of [
    ['that no mechanism is common', errorText('mechanismNotSupported'), 'mechanismNotSupported'],
    ['that another method is preferred', errorText('methodNotPreferred'), 'mechanismNotSupported'],
    ['without a reason', errorText('refused'), 'peerRefused'],
    ['that the credential is unknown', encodeError({ code: 3 }), 'peerRefused'],
    ['with SUITES_R of suites nobody has', encodeError({ code: 2, suitesR: [24, 25] }), 'suiteNotSupported'],
  ] as const) {
    test(`${name}: a forged error ${error} ends no handshake`, () => {
      const network = createTestNetwork();
      let forged = 0;
      interceptHandshake(network, name, (message) => {
        if (message.towards === 'responder') return [message.bytes];
        forged += 1;
        return [bytes, message.bytes];
      });
      network.linkUp();
      network.settle();
      assert.is(forged, 2);
      assert.is(refusedAt(network, 'pne')[0], reason);
      assert.is(refusedAt(network, 'pne').length, 2);
      assert.equal(agreedOn(network, name), [RESPONDER[name], 'pne']);
      assertRecovers(network);
      assertUndiminished(network, name);
    });
  }

  test(`${name}: a forged SUITES_R does not lead to a suite that is wanted less`, () => {
    const network = createTestNetwork();
    const held = holdHandshake(network, name);
    network.linkUp();
    network.settle();
    const [message1] = held.splice(0);
    deliver(network, name, { bytes: encodeError({ code: 2, suitesR: [3] }), towards: 'initiator' });
    const [other] = held.splice(0);
    assert.equal(decodeMessage1(other!.bytes, [NEGOTIATION_EAD_LABEL]).suites, [2, 3]);
    deliver(network, name, other!);
    assert.ok(refusedAt(network, RESPONDER[name]).includes('suiteNotSupported'));
    held.length = 0;
    interceptHandshake(network, name, (message) => [message.bytes]);
    deliver(network, name, message1!);
    assert.equal(agreedOn(network, name), [RESPONDER[name], 'pne']);
    assertUndiminished(network, name);
  });

  test(`${name}: a first message lost after a forged SUITES_R is sent again`, () => {
    const network = createTestNetwork();
    const held = holdHandshake(network, name);
    network.linkUp();
    network.settle();
    held.length = 0;
    deliver(network, name, { bytes: encodeError({ code: 2, suitesR: [3] }), towards: 'initiator' });
    assertRecovers(network);
    assertUndiminished(network, name);
  });
}

/** What an unhindered handshake ends in. */
function assertUndiminished(network: TestNetwork, name: SecuredInterface): void {
  const protection = { integrity: tag64, confidentiality: aesCcm64 };
  for (const { agreement } of agreementsOn(network, name)) {
    const { method, suite, choice } = agreement;
    assert.equal({ method, suite }, { method: 3, suite: 2 });
    for (const { integrity, confidentiality } of [choice.toResponder, choice.toInitiator]) {
      assert.equal({ integrity, confidentiality }, protection);
    }
  }
}

function changed(message1: Uint8Array, change: ChangeMessage1): Uint8Array {
  const { ead1, ...message } = decodeMessage1(message1, [NEGOTIATION_EAD_LABEL]);
  return change(message, decodeOffer(ead1.items[0]!.value!));
}

function errorText(diagnostic: string): Uint8Array {
  return encodeError({ code: 1, diagnostic });
}

test.run();
