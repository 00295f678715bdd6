// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex } from '../bytes/hex.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import { decodeEncrypt0, openEncrypt0, sealEncrypt0 } from './encrypt0.ts';
import { createHeaders } from './headers.ts';
import { createMac0, decodeMac0, encodeMac0, verifyMac0 } from './mac0.ts';
import { because, outcome, provider } from './test-fixture.ts';

const ENCRYPT0 = 'd08340a10441014401020304';
const MAC0 = 'd18440a104410141aa4401020304';

const test = suite('COSE_Encrypt0 and COSE_Mac0 shapes');

const mac0Context = {
  algorithm: Algorithm.HMAC_256_64,
  key: provider.macKey(Algorithm.HMAC_256_64, provider.secret(new Uint8Array(32))),
  externalAad: fromHex('0102'),
};
const encrypt0Context = {
  algorithm: Algorithm.AES_CCM_16_64_128,
  key: provider.aeadKey(Algorithm.AES_CCM_16_64_128, provider.secret(new Uint8Array(16))),
  nonce: new Uint8Array(13),
  externalAad: fromHex('0102'),
};

test('a message cut short at any length is refused', () => {
  for (const [hex, decode] of [
    [ENCRYPT0, decodeEncrypt0],
    [MAC0, decodeMac0],
  ] as const) {
    const bytes = fromHex(hex);
    assert.is(
      outcome(() => decode(bytes)),
      'accepted',
    );
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => decode(bytes.subarray(0, length)), because('truncated'));
    }
  }
});

test('bytes behind a message are refused', () => {
  assert.throws(() => decodeEncrypt0(fromHex(`${ENCRYPT0}00`)), because('trailingBytes'));
  assert.throws(() => decodeMac0(fromHex(`${MAC0}00`)), because('trailingBytes'));
});

test('one structure is not read as the other', () => {
  assert.throws(() => decodeEncrypt0(fromHex(MAC0)), because('wrongType'));
  assert.throws(() => decodeMac0(fromHex(ENCRYPT0)), because('wrongType'));
  assert.throws(() => decodeEncrypt0(fromHex(MAC0.slice(2))), because('wrongType'));
  assert.throws(() => decodeMac0(fromHex(ENCRYPT0.slice(2))), because('wrongType'));
});

test('detached content is refused', () => {
  assert.throws(() => decodeEncrypt0(fromHex('8340a0f6')), because('wrongType'));
  assert.throws(() => decodeMac0(fromHex('8440a0f64401020304')), because('wrongType'));
});

test('a tag within a tag is refused', () => {
  assert.throws(() => decodeMac0(fromHex(`d1${MAC0}`)), because('wrongType'));
});

test('what was authenticated under other external data is refused', () => {
  const mac0 = createMac0(createHeaders({}, {}), fromHex('aabb'), mac0Context);
  const encrypt0 = sealEncrypt0(createHeaders({}, {}), fromHex('aabb'), encrypt0Context);
  const other = fromHex('0103');
  assert.equal(verifyMac0(mac0, mac0Context), fromHex('aabb'));
  assert.equal(openEncrypt0(encrypt0, encrypt0Context), fromHex('aabb'));
  assert.throws(() => verifyMac0(mac0, { ...mac0Context, externalAad: other }), because('integrityFailure'));
  assert.throws(
    () => openEncrypt0(encrypt0, { ...encrypt0Context, externalAad: other }),
    because('decryptionFailure'),
  );
});

test('a MAC of another length is refused', () => {
  const mac0 = createMac0(createHeaders({}, {}), fromHex('aabb'), mac0Context);
  for (const tag of [mac0.tag.subarray(0, 7), new Uint8Array(0)]) {
    assert.throws(() => verifyMac0({ ...mac0, tag }, mac0Context), because('integrityFailure'));
  }
});

test('headers that name another algorithm than the key are refused before it is used', () => {
  const headers = createHeaders({ algorithm: Algorithm.HMAC_256_256 }, {});
  assert.throws(() => createMac0(headers, fromHex(''), mac0Context), because('unsupportedAlgorithm'));
  assert.throws(() => sealEncrypt0(headers, fromHex(''), encrypt0Context), because('unsupportedAlgorithm'));
});

test('an encoded empty protected header is authenticated as none', () => {
  const mac0 = createMac0(createHeaders({}, {}), fromHex('aabb'), mac0Context);
  const asMap = decodeMac0(encodeMac0({ ...mac0, protectedBytes: fromHex('a0') }));
  assert.equal(asMap.protectedBytes.slice(), fromHex('a0'));
  assert.equal(verifyMac0(asMap, mac0Context).slice(), fromHex('aabb'));
});

test.run();
