// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { kidReference, readIdCred, writeIdCred, x5tReference } from './id-cred.ts';
import { checkConnectionId, encodeIdentifier, readIdentifier } from './identifier.ts';
import { outcome } from './test-fixture.ts';

const test = suite('identifiers');

function read(hex: string): string {
  const reader = new CborReader(fromHex(hex));
  const identifier = toHex(readIdentifier(reader));
  reader.end();
  return identifier;
}

function readReference(hex: string): string {
  const reader = new CborReader(fromHex(hex));
  const idCred = toHex(readIdCred(reader));
  reader.end();
  return idCred;
}

test('48 of the identifiers of one byte are sent as integers, all of them come back', () => {
  let integers = 0;
  for (let byte = 0; byte < 256; byte++) {
    const encoded = encodeIdentifier(Uint8Array.of(byte));
    if (encoded.length === 1) integers += 1;
    assert.is(read(toHex(encoded)), toHex(Uint8Array.of(byte)));
  }
  assert.is(integers, 48);
});

test('encodes the examples of RFC 9528 section 3.3.2', () => {
  for (const [identifier, encoded] of [
    ['', '40'],
    ['21', '21'],
    ['0d', '0d'],
    ['18', '4118'],
    ['38', '4138'],
    ['abcd', '42abcd'],
  ] as const) {
    assert.is(toHex(encodeIdentifier(fromHex(identifier))), encoded);
    assert.is(read(encoded), identifier);
  }
});

test('refuses a byte sent as a string that has an integer', () => {
  for (let byte = 0; byte < 256; byte++) {
    const hex = `41${toHex(Uint8Array.of(byte))}`;
    const expected = byte <= 0x17 || (byte >= 0x20 && byte <= 0x37) ? 'notDeterministic' : 'accepted';
    assert.is(
      outcome(() => read(hex)),
      expected,
      hex,
    );
  }
});

test('refuses integers past -24 to 23, and what is neither', () => {
  for (const hex of ['1818', '3818', '190100', '6161', '80', 'a0', 'f5']) {
    assert.is(
      outcome(() => read(hex)),
      'wrongType',
      hex,
    );
  }
});

test('refuses connection identifiers that no OSCORE ID can be', () => {
  checkConnectionId(new Uint8Array(7));
  assert.is(
    outcome(() => checkConnectionId(new Uint8Array(8))),
    'connectionIdInvalid',
  );
});

test('a kid alone travels as the kid, any other reference as the map', () => {
  const x5t = x5tReference(-15, fromHex('79f2a41b510c1f9b'));
  assert.is(toHex(x5t), 'a11822822e4879f2a41b510c1f9b');
  for (const [idCred, encoded] of [
    [kidReference(fromHex('2b')), '2b'],
    [kidReference(fromHex('0f18')), '420f18'],
    [kidReference(fromHex('ff')), '41ff'],
    [x5t, toHex(x5t)],
    [fromHex('a2044101054102'), 'a2044101054102'],
  ] as const) {
    assert.is(toHex(writeIdCred(new CborWriter(), idCred).finish()), encoded);
    assert.is(readReference(encoded), toHex(idCred));
  }
});

test('refuses a kid alone that was sent as a map', () => {
  for (const hex of ['a1044132', 'a10442321b']) {
    assert.is(
      outcome(() => readReference(hex)),
      'notDeterministic',
      hex,
    );
  }
});

test('refuses a kid that is no byte string', () => {
  for (const hex of ['a10405', 'a1046161']) {
    assert.is(
      outcome(() => readReference(hex)),
      'wrongType',
      hex,
    );
  }
});

test.run();
