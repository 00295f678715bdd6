// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { createRandom } from '../bytes/random.testing.ts';
import { CborReader } from '../cbor/reader.ts';
import { encodeEad, readEad } from '../handshake/ead.ts';
import {
  decodeAnswer,
  decodeOffer,
  encodeAnswer,
  encodeOffer,
  NEGOTIATION_EAD_LABEL as LABEL,
  negotiationItem,
  negotiationValue,
} from './ead.ts';
import { answerOffer, createOffer, verifyEcho } from './exchange.ts';
import { POLICIES } from './policies.ts';
import type { Side } from './policy.ts';
import { bleEvidence, refusalOf, refuses, sideOf, tlsEvidence } from './side.testing.ts';

const test = suite('negotiation/ead');
const BINDING = '50'.concat('01'.repeat(16));

/** Bytes that the item adds to its EDHOC message: label and bstr head included. */
function itemBytes(value: Uint8Array): number {
  return encodeEad([negotiationItem(value)]).length;
}

/** [offer, answer] and the bytes that each adds to its message; the echo adds what the answer adds. */
function sizes(initiator: Side, responder: Side): readonly number[] {
  const offer = createOffer(initiator);
  const answer = answerOffer(offer.bytes, responder, offer.methods[0]!);
  return [offer.bytes.length, answer.bytes.length, itemBytes(offer.bytes), itemBytes(answer.bytes)];
}

const methods = [0, 3];

test('sizes on CPNS-3, and on CPNS-1 over a plain link', () => {
  const end = (role: 'pne' | 'server') => sideOf(POLICIES[role]['CPNS-3']!, { methods });
  assert.equal(sizes(end('pne'), end('server')), [9, 14, 13, 18]);
  const pne = sideOf(POLICIES.pne['CPNS-1']!, { methods });
  assert.equal(sizes(pne, sideOf(POLICIES.gateway['CPNS-1']!, { methods })), [9, 14, 13, 18]);
});

test('sizes on CPNS-3 for a PNE with one method and one AEAD', () => {
  const pne = sideOf(POLICIES.pne['CPNS-3']!, { methods: [3], supports: (algorithm) => algorithm === 10 });
  assert.equal(sizes(pne, sideOf(POLICIES.server['CPNS-3']!, { methods })), [4, 9, 8, 13]);
});

test('sizes where all is delegated to the link', () => {
  const ble = { methods, evidence: bleEvidence() };
  const tls = { methods, evidence: tlsEvidence() };
  const pne = sideOf(POLICIES.pne['CPNS-1']!, ble);
  assert.equal(sizes(pne, sideOf(POLICIES.gateway['CPNS-1']!, ble)), [29, 35, 34, 40]);
  const gateway = sideOf(POLICIES.gateway['CPNS-2']!, tls);
  assert.equal(sizes(gateway, sideOf(POLICIES.server['CPNS-2']!, tls)), [27, 33, 32, 38]);
});

for (const [name, hex] of [
  ['one mechanism on each axis', '83030810'],
  ['several, in an order that is not that of the numbers', '8703000908111012'],
  ['numbers that are not known yet', '8403060d15'],
  [
    'every number there is',
    `9818${Array.from({ length: 24 }, (_, n) => n.toString(16).padStart(2, '0')).join('')}${BINDING}`,
  ],
  ['another list towards the Initiator', '83030810820a14'],
  ['the same mechanisms towards the Initiator in another order', '840308091083090810'],
  ['delegation towards the Initiator only', `83030810820f17${BINDING}`],
] as const) {
  test(`an offer of ${name} is read and written alike`, () => {
    assert.is(toHex(encodeOffer(decodeOffer(fromHex(hex)))), hex);
  });
}

for (const [name, hex] of [
  ['no authentication', '820810'],
  ['no integrity', '820310'],
  ['no confidentiality', '820308'],
  ['nothing', '80'],
  ['a number twice', '8403081010'],
  ['an axis in two pieces', '8403081000'],
  ['the axes in another order', '83081003'],
  ['a number beyond the axes', '8303081818'],
  ['the same list twice', '83030810820810'],
  ['authentication in the second list', '8303081083030914'],
  ['half a second list', '830308108109'],
  ['an empty second list', '8303081080'],
  ['delegation without binding', '83030f17'],
  ['a binding without delegation', `83030810${BINDING}`],
  ['a binding of 15 bytes', `83030f174f${'01'.repeat(15)}`],
  ['a binding of 17 bytes', `83030f1751${'01'.repeat(17)}`],
] as const) {
  test(`an offer with ${name} is negotiationInvalid`, () => {
    refuses('negotiationInvalid', () => decodeOffer(fromHex(hex)));
  });
}

for (const [reason, name, hex] of [
  ['truncated', 'no bytes', ''],
  ['truncated', 'a list cut short', '830308'],
  ['notDeterministic', 'a number in two bytes', '8318030810'],
  ['notDeterministic', 'a list of no given length', '9f030810ff'],
  ['wrongType', 'a negative number', '83032810'],
  ['wrongType', 'a float', '83f942000810'],
  ['wrongType', 'a map', 'a1030810'],
  ['wrongType', 'a list within the list', '8381030810'],
  ['wrongType', 'text for a binding', `83030f1770${'61'.repeat(16)}`],
  ['trailingBytes', 'a byte after the binding', `83030f17${BINDING}00`],
  ['tooManyItems', 'a list of 2^32 - 1 numbers', '9affffffff030810'],
] as const) {
  test(`an offer of ${name} is refused with ${reason}`, () => {
    refuses(reason, () => decodeOffer(fromHex(hex)));
  });
}

for (const [name, hex] of [
  ['one choice for both directions', '830308104483030810'],
  ['another towards the Initiator', '850308100a144183'],
] as const) {
  test(`an answer with ${name} is read and written alike`, () => {
    const { choice, offer } = decodeAnswer(fromHex(hex));
    assert.is(toHex(encodeAnswer(choice, offer)), hex);
  });
}

for (const [reason, name, hex] of [
  ['negotiationInvalid', 'a choice of two', '82030840'],
  ['negotiationInvalid', 'a choice of four', '840308100940'],
  ['negotiationInvalid', 'the axes in another order', '8308031040'],
  ['negotiationInvalid', 'the same choice twice', '85030810081040'],
  ['negotiationInvalid', 'a number beyond the axes', '830308181840'],
  ['truncated', 'no offer', '83030810'],
  ['wrongType', 'an offer that is no byte string', '8303081083030810'],
  ['trailingBytes', 'a byte after the offer', '830308104000'],
] as const) {
  test(`an answer with ${name} is refused with ${reason}`, () => {
    refuses(reason, () => decodeAnswer(fromHex(hex)));
  });
}

test('random bytes are refused, or read and written alike', () => {
  const next = createRandom(0x2026);
  const side = sideOf(POLICIES.server['CPNS-2']!, { evidence: tlsEvidence() });
  const heads = [0x83, 0x84, 0x85, 0x86];
  let read = 0;
  for (let round = 0; round < 1500; round += 1) {
    const bytes = Uint8Array.from({ length: next() % 12 }, () => next() % 25);
    if (bytes.length > 0) bytes[0] = heads[next() % 4]!;
    const refusal = refusalOf(() => assert.equal(encodeOffer(decodeOffer(bytes)), bytes));
    if (refusal === undefined) read += 1;
    refusalOf(() => decodeAnswer(bytes));
    refusalOf(() => answerOffer(bytes, side, 3));
  }
  assert.ok(read > 0, 'the generator never hit an offer');
});

test('the item survives its EDHOC message and is found among others', () => {
  const item = negotiationItem(Uint8Array.of(1));
  const message = encodeEad([{ label: 0, critical: false }, item]);
  assert.is(toHex(message), '00397fff4101');
  const { items } = readEad(new CborReader(message), message, [LABEL]);
  assert.equal(negotiationValue(items), item.value);
  assert.is(negotiationValue([]), undefined);
});

test('the item made non-critical is no negotiation', () => {
  assert.is(negotiationValue([{ ...negotiationItem(Uint8Array.of(1)), critical: false }]), undefined);
});

test('a second item, or one without value, is refused', () => {
  const item = negotiationItem(Uint8Array.of(1));
  refuses('negotiationInvalid', () => negotiationValue([item, item]));
  refuses('negotiationInvalid', () => negotiationValue([{ label: LABEL, critical: true }]));
});

test('an answer that outlives the bytes it was made from still verifies', () => {
  const offer = createOffer(sideOf(POLICIES.pne['CPNS-3']!, { methods }));
  const received = offer.bytes.slice();
  const answer = answerOffer(received, sideOf(POLICIES.server['CPNS-3']!, { methods }), 3);
  const echo = answer.bytes.slice();
  received.fill(0);
  assert.is(verifyEcho(echo, answer), answer.proposed);
});

test.run();
