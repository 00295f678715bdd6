// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../../../../src/bytes/hex.ts';
import { DirectionCipher, deriveSession, encryptBlock } from './cipher.ts';

const test = suite('simulator/controller/cipher');

// The sample data of the Core Specification, Vol 6 Part C 1.
const LONG_TERM_KEY = fromHex('4c68384139f574d836bcf34e9dfb01bf').reverse();
const DIVERSIFIERS = {
  central: { skd: fromHex('acbdcedfe0f10213').reverse(), iv: fromHex('badcab24').reverse() },
  peripheral: { skd: fromHex('0213243546576879').reverse(), iv: fromHex('deafbabe').reverse() },
};
const START_ENC_RSP = fromHex('06');
const TO_PERIPHERAL = fromHex('1700636465666768696a6b6c6d6e6f707131323334353637383930');
const TO_CENTRAL = fromHex('170037363534333231304142434445464748494a4b4c4d4e4f5051');
const CONTROL = 3;
const START = 2;

function sample() {
  const session = deriveSession(LONG_TERM_KEY, DIVERSIFIERS);
  return {
    session,
    toPeripheral: new DirectionCipher(session, 'toPeripheral'),
    toCentral: new DirectionCipher(session, 'toCentral'),
  };
}

test('the session key and IV are those of the sample data', () => {
  const { session } = sample();
  assert.is(toHex(session.key), '99ad1b5226a37e3e058e3b8e27c2c666');
  assert.is(toHex(session.iv), '24abdcbabebaafde');
});

test('the central sends what the sample data has, and the peripheral reads it', () => {
  const { toPeripheral } = sample();
  const reader = sample().toPeripheral;
  const sealed = [toPeripheral.seal(0x0f, START_ENC_RSP), toPeripheral.seal(0x0e, TO_PERIPHERAL)];
  assert.equal(sealed.map(toHex), [
    '9fcda7f448',
    '7a70d66415226df26b17839a060405596bd6564f796b5b9ce6ff32f75a6d33',
  ]);
  assert.equal(reader.open(0x0f, sealed[0]!), START_ENC_RSP);
  assert.equal(reader.open(0x0e, sealed[1]!), TO_PERIPHERAL);
});

test('the peripheral sends what the sample data has, and the central reads it', () => {
  const { toCentral } = sample();
  const reader = sample().toCentral;
  const sealed = [toCentral.seal(0x07, START_ENC_RSP), toCentral.seal(0x06, TO_CENTRAL)];
  assert.equal(sealed.map(toHex), [
    'a34c13a415',
    'f38881e7bd94c9c369b9a66846dd4786aa8c39ce540d0dae3adcdf89b96088',
  ]);
  assert.equal(reader.open(0x07, sealed[0]!), START_ENC_RSP);
  assert.equal(reader.open(0x06, sealed[1]!), TO_CENTRAL);
});

test('AES is that of the example in FIPS 197', () => {
  const key = fromHex('000102030405060708090a0b0c0d0e0f');
  const block = fromHex('00112233445566778899aabbccddeeff');
  assert.is(toHex(encryptBlock(key, block)), '69c4e0d86a7b0430d8cdb78070b4c55a');
});

test('each flipped bit of payload, MIC, LLID or reserved bits is noticed', () => {
  const sealed = sample().toPeripheral.seal(START, TO_PERIPHERAL);
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = sealed.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.is(sample().toPeripheral.open(START, changed), undefined, `bit ${bit}`);
  }
  for (const bit of [0, 1, 5, 6, 7]) {
    assert.is(sample().toPeripheral.open(START ^ (1 << bit), sealed), undefined, `header bit ${bit}`);
  }
});

test('a repetition may have other NESN, SN and MD', () => {
  const sealed = sample().toPeripheral.seal(START, TO_PERIPHERAL);
  for (const bit of [2, 3, 4]) {
    assert.equal(sample().toPeripheral.open(START ^ (1 << bit), sealed), TO_PERIPHERAL);
  }
});

test('what was sent in the other direction, or before, is refused', () => {
  const { toPeripheral, toCentral } = sample();
  const sealed = toPeripheral.seal(START, TO_PERIPHERAL);
  assert.is(toCentral.open(START, sealed), undefined);
  const reader = sample().toPeripheral;
  assert.equal(reader.open(START, sealed), TO_PERIPHERAL);
  assert.is(reader.open(START, sealed), undefined);
});

test('a refused PDU takes no counter', () => {
  const reader = sample().toPeripheral;
  const sealed = sample().toPeripheral.seal(START, TO_PERIPHERAL);
  assert.is(reader.open(CONTROL, sealed), undefined);
  assert.equal(reader.open(START, sealed), TO_PERIPHERAL);
});

test('a payload without room for a MIC is refused', () => {
  for (let length = 0; length <= 4; length += 1) {
    assert.is(sample().toCentral.open(START, new Uint8Array(length)), undefined);
  }
});

test.run();
