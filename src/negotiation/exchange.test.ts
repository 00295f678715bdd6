// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Algorithm } from '../crypto/algorithms.ts';
import { Reason } from '../refusal.ts';
import { acceptAnswer, answerOffer, createOffer, verifyEcho } from './exchange.ts';
import { Authentication, Confidentiality, Integrity } from './mechanisms.ts';
import { mechanismName } from './names.ts';
import { POLICIES } from './policies.ts';
import type { Side } from './policy.ts';
import { GATEWAY_BLE, methods, PNE, PNE_BLE, run, SERVER } from './run.testing.ts';
import type { Choice } from './select.ts';
import { bleEvidence, policyOf, refusalOf, refuses, sideOf, termsOf, tlsEvidence } from './side.testing.ts';

const test = suite('negotiation/exchange');

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
