// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import {
  decodeProtected,
  encodeProtected,
  type HeaderParameters,
  readHeader,
  writeHeader,
} from './header.ts';
import { createHeaders, readHeaders, readOptionalTag } from './headers.ts';
import { because } from './test-fixture.ts';

const test = suite('COSE headers');

function read(hex: string): HeaderParameters {
  return readHeader(new CborReader(fromHex(hex)));
}

test('every parameter reads and encodes to the same bytes', () => {
  const whole = 'a6010a028201040300044101064214000a43aabbcc';
  const header = decodeProtected(fromHex(whole));
  assert.equal(header.algorithm, 10);
  assert.equal(header.critical, [1, 4]);
  assert.is(toHex(encodeProtected(header)), whole);
});

test('a content type may be text', () => {
  assert.is(read('a103616a').contentType, 'j');
  assert.is(toHex(encodeProtected(read('a103616a'))), 'a103616a');
});

test('no parameters are protected as a zero-length string', () => {
  assert.is(encodeProtected({}).length, 0);
  assert.equal(decodeProtected(fromHex('')), {});
  assert.equal(decodeProtected(fromHex('a0')), {});
});

test('no parameters are unprotected as an empty map', () => {
  assert.is(toHex(writeHeader(new CborWriter(), {}).finish()), 'a0');
});

test('an unknown label is refused, critical or not', () => {
  assert.throws(() => read('a10740'), because('headerInvalid'));
  assert.throws(() => decodeProtected(fromHex('a20281070740')), because('headerInvalid'));
});

test('a text or negative label is refused', () => {
  assert.throws(() => read('a1616100'), because('headerInvalid'));
  assert.throws(() => read('a12000'), because('headerInvalid'));
});

test('a critical label that is not there is refused', () => {
  assert.throws(() => decodeProtected(fromHex('a2010a028104')), because('headerInvalid'));
});

test('a critical label that no parameter has is refused', () => {
  assert.throws(() => decodeProtected(fromHex('a2010a028118c8')), because('headerInvalid'));
});

test('an empty list of critical labels is refused', () => {
  assert.throws(() => decodeProtected(fromHex('a2010a0280')), because('headerInvalid'));
});

test('critical labels outside the protected header are refused', () => {
  assert.throws(() => createHeaders({}, { critical: [4], kid: fromHex('01') }), because('headerInvalid'));
});

test('a label twice is refused', () => {
  assert.throws(() => read('a2044101044102'), because('duplicateKey'));
});

test('labels out of order are refused', () => {
  assert.throws(() => read('a2064101044102'), because('notDeterministic'));
});

test('a label in both headers is refused', () => {
  const both = new CborReader(fromHex('43a10101a10101'));
  assert.throws(() => readHeaders(both), because('headerInvalid'));
});

test('an IV beside a Partial IV is refused, in one header or in both', () => {
  assert.throws(
    () => createHeaders({}, { iv: fromHex('00'), partialIv: fromHex('00') }),
    because('headerInvalid'),
  );
  assert.throws(
    () => createHeaders({ iv: fromHex('00') }, { partialIv: fromHex('00') }),
    because('headerInvalid'),
  );
});

test('a parameter of the wrong type is refused', () => {
  for (const hex of ['a10440', 'a10540', 'a10640', 'a10a40']) assert.ok(read(hex));
  for (const hex of ['a10400', 'a10500', 'a10600', 'a10a00', 'a10340', 'a10200', 'a10140']) {
    assert.throws(() => read(hex), because('wrongType'));
  }
});

test('an algorithm by name is refused', () => {
  assert.throws(() => read('a101616a'), because('unsupportedAlgorithm'));
});

test('bytes behind the protected header are refused', () => {
  assert.throws(() => decodeProtected(fromHex('a1010a00')), because('trailingBytes'));
});

test('the tag of another structure is refused', () => {
  assert.throws(() => readOptionalTag(new CborReader(fromHex('d280')), 17), because('wrongType'));
  assert.is(readOptionalTag(new CborReader(fromHex('d180')), 17), true);
  assert.is(readOptionalTag(new CborReader(fromHex('80')), 17), false);
});

test.run();
