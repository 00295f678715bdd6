// SPDX-License-Identifier: Apache-2.0

import { createECDH } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { canAuthenticate, judgeSmp, noteSmp, type PairingSide, SmpReason } from './smp.ts';

const test = suite('node/ble/smp');

const [DISPLAY, DISPLAY_YES_NO, KEYBOARD, NOTHING, KEYBOARD_DISPLAY] = [0, 1, 2, 3, 4] as const;
const { authenticationRequirements, encryptionKeySize, invalidParameters } = SmpReason;
/** AuthReq: bonding, MITM, Secure Connections. */
const BONDED = 0x01;
const MITM = 0x04;
const SC = 0x08;
/** What the specification gives away of its debug key (Vol 3 Part H 2.3.5.6.1). */
const DEBUG_PRIVATE = '3f49f6d4a3c55f3874c9b3e3d2103f504aff607beb40b7995899b8a6cd3c1abd';

function side(ioCapabilities: number, authenticated = true): PairingSide {
  return { ioCapabilities, demand: { authenticated } };
}

function features({ opcode = 1, io = DISPLAY as number, authReq = BONDED | MITM | SC, keySize = 16 }) {
  return Uint8Array.of(opcode, io, 0, authReq, keySize, 0, 0);
}

/** A Pairing Public Key of a key that is made for it, or of this one. */
function publicKey(privateKey?: string): Uint8Array {
  const ecdh = createECDH('prime256v1');
  if (privateKey === undefined) ecdh.generateKeys();
  else ecdh.setPrivateKey(privateKey, 'hex');
  const point = ecdh.getPublicKey();
  return Uint8Array.of(0x0c, ...point.subarray(1, 33).reverse(), ...point.subarray(33).reverse());
}

function changed(pdu: Uint8Array, at: number, value: number): Uint8Array {
  const copy = pdu.slice();
  copy[at] = value;
  return copy;
}

test('requests and responses of Secure Connections with 16-byte keys pass', () => {
  for (const opcode of [1, 2]) assert.is(judgeSmp(features({ opcode }), side(KEYBOARD)), undefined);
});

test('legacy pairing is refused in a request and in a response, whatever else they offer', () => {
  for (const opcode of [1, 2]) {
    for (let authReq = 0; authReq < 256; authReq += 1) {
      const expected = (authReq & SC) === 0 ? authenticationRequirements : undefined;
      assert.is(judgeSmp(features({ opcode, authReq }), side(KEYBOARD)), expected);
    }
  }
});

test('every key size but 16 is refused', () => {
  for (const opcode of [1, 2]) {
    for (let keySize = 0; keySize < 256; keySize += 1) {
      const expected = keySize === 16 ? undefined : encryptionKeySize;
      assert.is(judgeSmp(features({ opcode, keySize }), side(KEYBOARD)), expected);
    }
  }
});

test('a peer that claims to have no input and output is refused where a man in the middle must be excluded', () => {
  for (const own of [DISPLAY, DISPLAY_YES_NO, KEYBOARD, KEYBOARD_DISPLAY]) {
    for (const authReq of [SC, SC | MITM, SC | MITM | BONDED]) {
      const claim = features({ io: NOTHING, authReq });
      assert.is(judgeSmp(claim, side(own)), authenticationRequirements);
      assert.is(judgeSmp(claim, side(own, false)), undefined);
    }
  }
});

test('capabilities that the specification does not know are refused: ble-host takes them for none', () => {
  for (let io = 5; io < 256; io += 1) {
    for (const authenticated of [true, false])
      assert.is(judgeSmp(features({ io }), side(KEYBOARD_DISPLAY, authenticated)), invalidParameters);
  }
});

test('two devices can authenticate each other as the table of the specification has it', () => {
  const all = [DISPLAY, DISPLAY_YES_NO, KEYBOARD, NOTHING, KEYBOARD_DISPLAY];
  const table = all.map((a) => all.map((b) => Number(canAuthenticate(a, b))).join(''));
  // Vol 3 Part H 2.3.5.1, table 2.8, for Secure Connections.
  assert.equal(table, ['00101', '01101', '11101', '00000', '11101']);
});

test('requests and responses of another length are refused', () => {
  for (const length of [1, 2, 3, 4, 5, 6, 8, 64]) {
    const pdu = new Uint8Array(length);
    pdu.set(features({}).subarray(0, length));
    assert.is(judgeSmp(pdu, side(KEYBOARD)), invalidParameters);
  }
});

test('a public key on the curve passes', () => {
  assert.is(judgeSmp(publicKey(), side(KEYBOARD)), undefined);
});

test('a public key off the curve is refused, whichever bit is wrong', () => {
  const key = publicKey('0b'.repeat(32));
  for (let at = 1; at <= 64; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const wrong = changed(key, at, key[at]! ^ (1 << bit));
      assert.is(judgeSmp(wrong, side(KEYBOARD)), invalidParameters, `octet ${at}, bit ${bit}`);
    }
  }
});

test('keys that are no points are refused: zero, infinity, coordinates beyond the field', () => {
  const key = publicKey('0b'.repeat(32));
  const zero = new Uint8Array(65);
  zero[0] = 0x0c;
  const beyond = key.slice();
  beyond.fill(0xff, 1, 33);
  const zeroY = key.slice();
  zeroY.fill(0, 33);
  for (const wrong of [zero, beyond, zeroY]) assert.is(judgeSmp(wrong, side(KEYBOARD)), invalidParameters);
});

test('a public key of another length is refused', () => {
  const key = publicKey();
  for (const wrong of [
    key.subarray(0, 64),
    key.subarray(0, 33),
    key.subarray(0, 1),
    Uint8Array.of(...key, 0),
  ])
    assert.is(judgeSmp(wrong, side(KEYBOARD)), invalidParameters);
});

test('our own public key is refused when it comes back, and so is its negative', () => {
  const own = side(KEYBOARD);
  const key = publicKey('0b'.repeat(32));
  assert.is(judgeSmp(key, own), undefined);
  noteSmp(key, own);
  assert.is(judgeSmp(key, own), invalidParameters);
  assert.is(judgeSmp(negative(key), own), invalidParameters);
  assert.is(judgeSmp(publicKey(), own), undefined);
});

test('the debug key is refused: its private half is in the specification', () => {
  assert.is(judgeSmp(publicKey(DEBUG_PRIVATE), side(KEYBOARD)), invalidParameters);
});

test('keys of legacy pairing are refused', () => {
  const key = new Uint8Array(17);
  key[0] = 0x06;
  assert.is(judgeSmp(key, side(KEYBOARD)), authenticationRequirements);
});

test('what is longer than any PDU is refused, whatever it is', () => {
  for (let opcode = 0; opcode < 256; opcode += 1) {
    const pdu = new Uint8Array(66);
    pdu[0] = opcode;
    assert.is(judgeSmp(pdu, side(KEYBOARD)), invalidParameters);
  }
});

/** y becomes p - y. */
function negative(key: Uint8Array): Uint8Array {
  const prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
  const y = BigInt(`0x${Buffer.from(key.subarray(33)).reverse().toString('hex')}`);
  const negated = Buffer.from((prime - y).toString(16).padStart(64, '0'), 'hex').reverse();
  return Uint8Array.of(...key.subarray(0, 33), ...negated);
}

test.run();
