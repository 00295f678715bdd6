// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Algorithm } from '../crypto/algorithms.ts';
import { Reason, type ReasonName } from '../refusal.ts';
import { encodeAnswer, encodeOffer } from './ead.ts';
import { acceptAnswer, answerOffer, createOffer, type SentOffer, verifyEcho } from './exchange.ts';
import { Authentication, Confidentiality, Integrity } from './mechanisms.ts';
import { POLICIES } from './policies.ts';
import type { Side } from './policy.ts';
import { type Choice, chosen, mechanismName, type Offer } from './select.ts';
import { bleEvidence, policyOf, refusalOf, refuses, sideOf, termsOf, tlsEvidence } from './side.testing.ts';

const test = suite('negotiation/exchange');

const methods = [0, 3];
const PNE = sideOf(POLICIES.pne['CPNS-3']!, { methods });
const SERVER = sideOf(POLICIES.server['CPNS-3']!, { methods });
const PNE_BLE = sideOf(POLICIES.pne['CPNS-1']!, { methods, evidence: bleEvidence() });
const GATEWAY_BLE = sideOf(POLICIES.gateway['CPNS-1']!, { methods, evidence: bleEvidence() });

interface Tap {
  readonly offer?: (bytes: Uint8Array) => Uint8Array | undefined;
  readonly answer?: (bytes: Uint8Array) => Uint8Array | undefined;
  readonly echo?: (bytes: Uint8Array) => Uint8Array | undefined;
}

/** Runs the whole exchange through an attacker. Returns both ends' choices. */
function run(initiator: Side, responder: Side, tap: Tap = {}): { initiator: Choice; responder: Choice } {
  const pass = (bytes: Uint8Array) => bytes;
  const offer = createOffer(initiator);
  const method = offer.methods[0]!;
  const answer = answerOffer((tap.offer ?? pass)(offer.bytes), responder, method);
  const accepted = acceptAnswer((tap.answer ?? pass)(answer.bytes), offer, initiator, method);
  return { initiator: accepted.choice, responder: verifyEcho((tap.echo ?? pass)(accepted.echo), answer) };
}

function agreed(initiator: Side, responder: Side): Choice {
  const result = run(initiator, responder);
  assert.equal(result.initiator, result.responder);
  return result.responder;
}

const { method0, method3 } = Authentication;
const AEAD_64 = { integrity: Integrity.tag64, confidentiality: Confidentiality.aesCcm64 };

test('PNE and CPNS Server agree on static keys and AES-CCM with an 8-byte tag', () => {
  const choice = agreed(PNE, SERVER);
  assert.is(choice.authentication, method3);
  assert.equal(choice.toResponder, { ...AEAD_64, recordAlgorithm: Algorithm.AES_CCM_16_64_128 });
  assert.equal(choice.toInitiator, choice.toResponder);
});

test('a PNE without AES agrees on ChaCha20/Poly1305', () => {
  const supports = (algorithm: number) => algorithm === Algorithm.CHACHA20_POLY1305;
  const { toResponder } = agreed({ ...PNE, supports }, SERVER);
  assert.is(toResponder.recordAlgorithm, Algorithm.CHACHA20_POLY1305);
  assert.is(toResponder.integrity, Integrity.tag128);
});

test('over a bonded Bluetooth link the hop leaves its records to the link, its authentication to EDHOC', () => {
  const { authentication, toResponder } = agreed(PNE_BLE, GATEWAY_BLE);
  assert.is(toResponder.recordAlgorithm, undefined);
  assert.is(mechanismName(toResponder.confidentiality, 'ble'), 'delegated:ble');
  assert.is(mechanismName(toResponder.integrity, 'ble'), 'delegated:ble');
  assert.is(mechanismName(authentication, 'ble'), 'EDHOC method 3');
});

test('records of their own protect the hop where either end has no evidence', () => {
  for (const [pne, gateway] of [
    [{ ...PNE_BLE, evidence: undefined }, GATEWAY_BLE],
    [PNE_BLE, { ...GATEWAY_BLE, evidence: undefined }],
  ] as const) {
    assert.is(agreed(pne, gateway).toResponder.recordAlgorithm, Algorithm.AES_CCM_16_64_128);
  }
});

test('a floor of 64 bits keeps integrity from a Bluetooth link and leaves it confidentiality', () => {
  const integrity = termsOf(64, Integrity.delegated, Integrity.hmac64);
  const confidentiality = termsOf(128, Confidentiality.delegated);
  const policy = policyOf(termsOf(64, method3), { integrity, confidentiality });
  const { toResponder } = agreed({ ...PNE_BLE, policy }, GATEWAY_BLE);
  assert.is(mechanismName(toResponder.integrity, 'ble'), 'HMAC 256/64');
  assert.is(toResponder.recordAlgorithm, Algorithm.HMAC_256_64);
});

test('end to end nothing is left to a link, whatever it shows', () => {
  const evidence = tlsEvidence();
  const { toResponder } = agreed({ ...PNE, evidence }, { ...SERVER, evidence });
  assert.is(toResponder.confidentiality, Confidentiality.aesCcm64);
});

test('directions may differ: encrypted up, integrity only down', () => {
  const up = {
    integrity: termsOf(64, Integrity.tag64),
    confidentiality: termsOf(128, Confidentiality.aesCcm64),
  };
  const down = {
    integrity: termsOf(64, Integrity.hmac64),
    confidentiality: termsOf(0, Confidentiality.none),
  };
  const policy = { authentication: termsOf(64, method3), toResponder: up, toInitiator: down };
  const choice = agreed({ ...PNE, policy }, { ...SERVER, policy });
  assert.is(choice.toResponder.recordAlgorithm, Algorithm.AES_CCM_16_64_128);
  assert.is(choice.toInitiator.recordAlgorithm, Algorithm.HMAC_256_64);
});

test('the Initiator is led to the method that the Responder prefers, and no other goes through', () => {
  const authentication = termsOf(64, method0, method3);
  const responder = { ...SERVER, policy: { ...SERVER.policy, authentication } };
  const offer = createOffer(PNE);
  assert.equal(offer.methods, [3, 0]);
  refuses('methodNotPreferred', () => answerOffer(offer.bytes, responder, 3));
  assert.is(answerOffer(offer.bytes, responder, 0).proposed.authentication, method0);
});

test('an Initiator that was made to fall back to its second method gets no further', () => {
  refuses('methodNotPreferred', () => answerOffer(createOffer(PNE).bytes, SERVER, 0));
});

test('a method that was not offered is not run', () => {
  refuses('methodNotPreferred', () => answerOffer(createOffer(PNE).bytes, SERVER, 1));
});

test('the link authenticates under any method where both want that', () => {
  const authentication = termsOf(64, Authentication.delegated);
  const side = sideOf(
    { ...POLICIES.server['CPNS-2']!, authentication },
    { methods, evidence: tlsEvidence() },
  );
  assert.equal(createOffer(side).methods, methods);
  assert.is(agreed(side, side).authentication, Authentication.delegated);
});

test('six digits of a pairing authenticate nobody above a floor of 64 bits', () => {
  const authentication = termsOf(64, Authentication.delegated);
  const policy = { ...PNE_BLE.policy, authentication };
  refuses('attestationInsufficient', () => createOffer({ ...PNE_BLE, policy }));
});

test('two ends on different channels are refused', () => {
  const other = { ...GATEWAY_BLE, evidence: bleEvidence(2) };
  refuses('channelMismatch', () => run(PNE_BLE, other));
});

test('a link that proves nothing is refused by both where all must be delegated', () => {
  const policy = policyOf(termsOf(64, method3), {
    integrity: termsOf(32, Integrity.delegated),
    confidentiality: termsOf(128, Confidentiality.delegated),
  });
  const plain = sideOf(policy);
  const bound = sideOf(policy, { evidence: bleEvidence() });
  refuses('attestationInsufficient', () => createOffer(plain));
  refuses('attestationInsufficient', () => answerOffer(createOffer(bound).bytes, plain, 3));
});

test('a policy whose floor is above all it accepts offers nothing', () => {
  const policy = { ...PNE.policy, authentication: termsOf(256, method3, method0) };
  refuses('belowFloor', () => createOffer({ ...PNE, policy }));
});

test('no common mechanism on any one axis is mechanismNotSupported', () => {
  const { authentication, toResponder } = PNE.policy;
  const ccm64 = { integrity: termsOf(64, Integrity.tag64), confidentiality: toResponder.confidentiality };
  const gcm = {
    integrity: toResponder.integrity,
    confidentiality: termsOf(128, Confidentiality.a128Gcm),
  };
  for (const [a, b] of [
    [policyOf(termsOf(64, method3), toResponder), policyOf(termsOf(64, method0), toResponder)],
    [policyOf(authentication, ccm64), policyOf(authentication, gcm)],
  ] as const) {
    refuses('mechanismNotSupported', () => run({ ...PNE, policy: a }, { ...SERVER, policy: b }));
    refuses('mechanismNotSupported', () => run({ ...PNE, policy: b }, { ...SERVER, policy: a }));
  }
});

test('a Responder with a higher floor than anything offered refuses', () => {
  const integrity = termsOf(128, Integrity.tag128);
  const policy = policyOf(SERVER.policy.authentication, { ...SERVER.policy.toResponder, integrity });
  const supports = (algorithm: number) => algorithm === Algorithm.AES_CCM_16_64_128;
  refuses('mechanismNotSupported', () => run({ ...PNE, supports }, { ...SERVER, policy }));
});

test('a link that lost its evidence between offer and answer does not carry the answer', () => {
  const offer = createOffer(PNE_BLE);
  const answer = answerOffer(offer.bytes, GATEWAY_BLE, 3);
  refuses('belowFloor', () => acceptAnswer(answer.bytes, offer, { ...PNE_BLE, evidence: undefined }, 3));
});

/** The offer with everything that one change, strip or reorder makes of it. */
function alteredOffers(offer: Offer): readonly Uint8Array[] {
  const altered: Offer[] = [];
  const lists = (list: readonly number[]) => [
    ...list.map((_, at) => list.filter((__, other) => other !== at)),
    ...list.slice(1).map((_, at) => swapped(list, at)),
    [...list].reverse(),
  ];
  for (const authentication of lists(offer.authentication)) altered.push({ ...offer, authentication });
  for (const integrity of lists(offer.toResponder.integrity)) {
    const both = { ...offer.toResponder, integrity };
    altered.push({ ...offer, toResponder: both }, { ...offer, toInitiator: both });
    altered.push({ ...offer, toResponder: both, toInitiator: both });
  }
  for (const confidentiality of lists(offer.toResponder.confidentiality)) {
    const both = { ...offer.toResponder, confidentiality };
    altered.push({ ...offer, toResponder: both }, { ...offer, toInitiator: both });
    altered.push({ ...offer, toResponder: both, toInitiator: both });
  }
  return altered.map(encodeOffer);
}

function swapped(list: readonly number[], at: number): readonly number[] {
  const other = [...list];
  [other[at], other[at + 1]] = [other[at + 1]!, other[at]!];
  return other;
}

/** How an exchange ends through this attacker. It must not complete. */
function end(tap: Tap, sides: readonly [Side, Side]): ReasonName {
  const reason = refusalOf(() => run(sides[0], sides[1], tap));
  assert.ok(reason !== undefined, 'the exchange completed');
  return reason;
}

const HONEST: readonly (readonly [string, Side, Side])[] = [
  ['end to end', PNE, SERVER],
  ['over a Bluetooth link', PNE_BLE, GATEWAY_BLE],
];

/** What a Responder may say at once to an offer that the attacker left nothing in. */
const UNSELECTABLE: readonly ReasonName[] = [
  'negotiationInvalid',
  'mechanismNotSupported',
  'methodNotPreferred',
];

for (const [name, initiator, responder] of HONEST) {
  const sides = [initiator, responder] as const;
  const offer: SentOffer = createOffer(initiator);
  const answer = answerOffer(offer.bytes, responder, 3);

  test(`every strip and reorder of an offer ${name} ends in negotiationMismatch`, () => {
    let mismatches = 0;
    for (const other of alteredOffers(offer.offer)) {
      if (other.join() === offer.bytes.join()) continue;
      const reason = end({ offer: () => other }, sides);
      if (reason === 'negotiationMismatch') mismatches += 1;
      else assert.ok(UNSELECTABLE.includes(reason), reason);
    }
    assert.ok(mismatches >= 20, `${mismatches}`);
  });

  test(`every byte of offer, answer and echo changed ${name} is refused`, () => {
    for (const step of ['offer', 'answer', 'echo'] as const) {
      const length = step === 'offer' ? offer.bytes.length : answer.bytes.length;
      for (let at = 0; at < length; at += 1) {
        for (let bit = 0; bit < 8; bit += 1) {
          const flip = (bytes: Uint8Array) => bytes.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte));
          const reason = end({ [step]: flip }, sides);
          if (step === 'echo') assert.is(reason, 'negotiationMismatch');
        }
      }
    }
  });

  test(`a stripped, shortened or lengthened item ${name} is refused`, () => {
    for (const step of ['offer', 'answer', 'echo'] as const) {
      assert.is(end({ [step]: () => undefined }, sides), 'negotiationMismatch');
      end({ [step]: (bytes: Uint8Array) => bytes.slice(0, -1) }, sides);
      end({ [step]: (bytes: Uint8Array) => Uint8Array.of(...bytes, 0) }, sides);
      end({ [step]: () => new Uint8Array(0) }, sides);
    }
  });

  test(`an offer put back into the answer ${name} does not hide that the Responder saw another`, () => {
    for (const other of alteredOffers(offer.offer)) {
      if (other.join() === offer.bytes.join()) continue;
      const seen: Tap = {
        offer: () => other,
        answer: (bytes) => restored(bytes, other, offer.bytes),
      };
      const reason = end(seen, sides);
      if (reason !== 'negotiationMismatch') assert.ok(UNSELECTABLE.includes(reason), reason);
    }
  });

  test(`every other choice put into the answer ${name} ends in negotiationMismatch`, () => {
    let others = 0;
    for (const choice of everyChoice()) {
      const bytes = encodeAnswer(choice, offer.bytes);
      if (bytes.join() === answer.bytes.join()) continue;
      others += 1;
      assert.is(end({ answer: () => bytes }, sides), 'negotiationMismatch');
    }
    assert.is(others, 215);
  });

  test(`the answer sent back as offer, the offer as answer and echo ${name}, are refused`, () => {
    end({ offer: () => answer.bytes }, sides);
    end({ answer: () => offer.bytes }, sides);
    assert.is(end({ echo: () => offer.bytes }, sides), 'negotiationMismatch');
  });
}

test('the Initiator itself takes only what it offered, goes together and runs under its method', () => {
  const offer = createOffer(PNE);
  const taken = everyChoice().filter((choice) => {
    const bytes = encodeAnswer(choice, offer.bytes);
    const reason = refusalOf(() => acceptAnswer(bytes, offer, PNE, 3));
    assert.ok(reason === undefined || reason === 'negotiationMismatch');
    return reason === undefined;
  });
  assert.is(taken.length, 4);
  assert.ok(taken.every(({ authentication }) => authentication === method3));
});

/** The answer with the offer that the Responder saw replaced by the one that was sent. */
function restored(bytes: Uint8Array, seen: Uint8Array, sent: Uint8Array): Uint8Array {
  const choice = bytes.subarray(0, bytes.length - seen.length - (seen.length < 24 ? 1 : 2));
  const head = sent.length < 24 ? [0x40 | sent.length] : [0x58, sent.length];
  return Uint8Array.of(...choice, ...head, ...sent);
}

function everyChoice(): readonly Choice[] {
  const numbers = (table: Readonly<Record<string, number>>) => Object.values(table);
  const choices: Choice[] = [];
  for (const authentication of numbers(Authentication)) {
    for (const integrity of numbers(Integrity)) {
      for (const confidentiality of numbers(Confidentiality)) {
        const pair = { integrity, confidentiality };
        choices.push(chosen({ authentication, toResponder: pair, toInitiator: pair }));
      }
    }
  }
  return choices;
}

test('the echo of another handshake is a negotiationMismatch', () => {
  const supports = (algorithm: number) => algorithm === Algorithm.AES_CCM_16_128_128;
  let echo: Uint8Array | undefined;
  run({ ...PNE, supports }, SERVER, { echo: (bytes) => (echo = bytes) });
  assert.is(end({ echo: () => echo }, [PNE, SERVER]), 'negotiationMismatch');
});

test('a refused item changes nothing: the next good one is taken', () => {
  const offer = createOffer(PNE);
  refusalOf(() => answerOffer(Uint8Array.of(0x80), SERVER, 3));
  const answer = answerOffer(offer.bytes, SERVER, 3);
  refusalOf(() => acceptAnswer(Uint8Array.of(0x80), offer, PNE, 3));
  const { echo, choice } = acceptAnswer(answer.bytes, offer, PNE, 3);
  refusalOf(() => verifyEcho(Uint8Array.of(0x80), answer));
  assert.equal(verifyEcho(echo, answer), choice);
});

test('every reason is numbered in the group of the negotiation', () => {
  for (const reason of ['mechanismNotSupported', 'negotiationMismatch', 'methodNotPreferred'] as const) {
    assert.is(Math.floor(Reason[reason] / 10), 7);
  }
});

test.run();
