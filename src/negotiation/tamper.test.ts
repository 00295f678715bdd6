// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Algorithm } from '../crypto/algorithms.ts';
import type { ReasonName } from '../refusal.ts';
import { encodeAnswer, encodeOffer } from './ead.ts';
import { acceptAnswer, answerOffer, createOffer, type SentOffer } from './exchange.ts';
import { Authentication, Confidentiality, Integrity } from './mechanisms.ts';
import type { Side } from './policy.ts';
import { GATEWAY_BLE, PNE, PNE_BLE, run, SERVER, type Tap } from './run.testing.ts';
import { type Choice, chosen, type Offer } from './select.ts';
import { refusalOf } from './side.testing.ts';

const test = suite('negotiation/tamper');
const { method3 } = Authentication;

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

test.run();
