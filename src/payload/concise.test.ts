// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concatBytes } from '../bytes/compare.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { createRandom } from '../bytes/random.testing.ts';
import { HeadReader } from '../cbor/head.ts';
import { ImplementationLimits } from '../limits.ts';
import { type ReasonName, Refusal } from '../refusal.ts';
import { compactPayloads } from './compact.ts';
import { packReadings, splitNames, withNamesOf } from './concise.ts';
import { AS_IT_IS, FLOATS } from './concise-cases.testing.ts';
import { expandReading } from './expand.ts';
import { scanPayload } from './scan.ts';

const test = suite('concise readings');
const { dictionaryMaxNameBytes, dictionaryMaxNames, payloadMaxBytes, payloadMaxDepth } = ImplementationLimits;

const NO_NAMES = fromHex('8106');
/** A map of one field, "t", whose name is known. */
const T = fromHex('82066174');
const ONE_FIELD = 'a100';

for (const [payload, short] of FLOATS) {
  test(`${payload} is ${short}, and that again`, () => {
    const whole = fromHex(`a16174${payload}`);
    const message = packReadings(5, 0, [whole], T, 1)!;
    assert.is(toHex(message), `830500${ONE_FIELD}${short}`);
    assert.is(toHex(expand(`${ONE_FIELD}${short}`)), toHex(whole));
  });
}

test('what the sample sends takes a quarter of its payload', () => {
  const payload = compactPayloads.encode({ temperature: 21.4, humidity: 48, battery: 3.71, motion: 0 });
  const names = withNamesOf(NO_NAMES, [payload]);
  assert.is(
    toHex(names),
    '85066b74656d70657261747572656868756d696469747967626174746572796' + '66d6f74696f6e',
  );
  const message = packReadings(5, 24, [payload, payload], names, 4)!;
  assert.is(
    toHex(message),
    `84051818${'a400c618d60118300' + '2c7190173' + '0300'}`.concat('a400c618d601183002c71901730300'),
  );
  assert.is(payload.length, 58);
});

test('without names that are known payloads stay as they are', () => {
  assert.is(toHex(packReadings(5, 1, [fromHex('a1617400')], NO_NAMES, 0)!), '83050144a1617400');
});

test('a name that is not known yet is written out', () => {
  const names = fromHex('830661746175');
  const payload = fromHex('a2617401617502');
  assert.is(toHex(packReadings(5, 0, [payload], names, 1)!), '830500a20001617502');
  assert.is(toHex(expand('a20001617502')), toHex(payload));
});

test('what cannot be given back from numbers stays as it is', () => {
  for (const hex of AS_IT_IS) {
    const payload = fromHex(hex);
    const message = packReadings(5, 0, [payload], T, 1)!;
    const head = 0x40 + payload.length;
    assert.is(toHex(message), `830500${head.toString(16)}${hex}`);
  }
});

test('a new name is told of, and added behind those there are', () => {
  const payload = fromHex('a2617501617402');
  assert.is(packReadings(5, 0, [payload], T, 1), undefined);
  const names = withNamesOf(T, [payload]);
  assert.is(toHex(names), '830661746175');
  assert.is(toHex(packReadings(5, 0, [payload], names, 2)!), '830500a201010002');
});

test('names of inner maps are numbers too', () => {
  const payload = compactPayloads.encode({ t: { t: [{ t: 1.5 }] } });
  assert.is(toHex(packReadings(5, 0, [payload], T, 1)!), '830500a100a10081a100f93e00');
  assert.is(toHex(expand('a100a10081a100f93e00')), toHex(payload));
});

test('names are as many, and as long, as a number of one byte and a limit allow', () => {
  const fields = Array.from({ length: dictionaryMaxNames + 2 }, (_, index) => [`n${index}`, 0]);
  const long = { ['x'.repeat(dictionaryMaxNameBytes + 1)]: 0, ['y'.repeat(dictionaryMaxNameBytes)]: 0 };
  const payload = compactPayloads.encode({ ...long, ...Object.fromEntries(fields) });
  const names = withNamesOf(NO_NAMES, [payload]);
  assert.is(splitNames(names).length, dictionaryMaxNames);
  assert.is(splitNames(names)[0]!.length, dictionaryMaxNameBytes + 2);
  const message = packReadings(5, 0, [payload], names, dictionaryMaxNames)!;
  assert.ok(message.length < payload.length);
  assert.is(toHex(expandMessage(message, names)), toHex(payload));
});

test('a number that names nothing is refused', () => {
  refuses('nameUnknown', 'a10101');
  refuses('nameUnknown', 'a11bffffffffffffffff01', 'tooLong');
});

test('keys that are neither names nor numbers, values that no payload has, and other tags are refused', () => {
  for (const hex of ['a12001', 'a1400001', 'a1f500', 'a100c001', 'a100c500', 'a100d001', 'a100d81801'])
    refuses('wrongType', hex);
  for (const hex of ['80', '01', '6174', 'c601', 'f6']) refuses('wrongType', hex);
});

test('a number in another than its shortest form is refused', () => {
  for (const value of [
    'fb4035666666666666',
    'fb3ff0000000000000',
    'fa3f800000',
    'f90001',
    'f90000',
    'c600',
    'c60a',
    'c7190866',
    'c71901ea',
    'fa00000001',
    'fa7fc00000',
    'c61b0000000100000000',
  ])
    refuses('notConcise', `${ONE_FIELD}${value}`);
});

test('names written out beside their numbers are one key twice, for the scan to refuse', () => {
  const payload = expand('a2000161' + '7402');
  assert.is(toHex(payload), 'a2617401617402');
  assert.throws(
    () => scanPayload(payload),
    (error: Refusal) => error.reasonName === 'duplicateKey',
  );
});

test('what expands to more than a payload is refused while it grows', () => {
  const names = [concatBytes(fromHex('7820'), new Uint8Array(32).fill(0x61))];
  const bomb = `b9ffff${'0000'.repeat(4000)}`;
  assert.throws(
    () => expandReading(new HeadReader(fromHex(bomb)), names),
    (error: Refusal) => error.reasonName === 'tooLong',
  );
});

test('depth is bounded, and what is cut short is refused', () => {
  const deep = 'a100'.repeat(payloadMaxDepth);
  assert.is(toHex(expand(`${deep}01`)), `${'a16174'.repeat(payloadMaxDepth)}01`);
  refuses('tooDeep', `${deep}a10001`);
  refuses('truncated', 'a100');
  refuses('truncated', 'a1006261');
  refuses('truncated', 'a100c6');
});

test('every mutation of a reading expands or is refused, within bounds, to one payload', () => {
  const random = createRandom(0x5e7);
  const seeds = FLOATS.map(([, short]) => `a300${short}6175820141006176f5`);
  const cases = 'WebAssembly' in globalThis ? 20_000 : 1_500;
  let expanded = 0;
  for (let i = 0; i < cases; i++) {
    const bytes = fromHex(seeds[random() % seeds.length]!);
    for (let left = 1 + (random() % 3); left > 0; left--) bytes[random() % bytes.length] = random() % 256;
    if (expandsOrRefuses(bytes)) expanded += 1;
  }
  assert.ok(expanded > cases / 50 && expanded < cases, `${expanded}`);
});

/** What expands, and is a payload, is packed to the same bytes where all names were numbers. */
function expandsOrRefuses(bytes: Uint8Array): boolean {
  try {
    const head = new HeadReader(bytes);
    const payload = expandReading(head, splitNames(T));
    assert.ok(payload.length <= payloadMaxBytes);
    scanPayload(payload);
    const again = expandMessage(packReadings(5, 0, [payload], T, 1) ?? fromHex('8205' + '00'), T);
    if (again.length > 0) assert.is(toHex(again), toHex(payload));
    return true;
  } catch (error) {
    assert.instance(error, Refusal, toHex(bytes));
    return false;
  }
}

function expand(hex: string): Uint8Array {
  const head = new HeadReader(fromHex(hex));
  const payload = expandReading(head, splitNames(T));
  head.input.end();
  return payload;
}

function expandMessage(message: Uint8Array, names: Uint8Array): Uint8Array {
  const head = new HeadReader(message);
  for (let heads = 0; heads < 3; heads++) head.next();
  return head.input.remaining > 0 ? expandReading(head, splitNames(names)) : new Uint8Array(0);
}

function refuses(reason: ReasonName, hex: string, other = reason): void {
  assert.throws(
    () => expand(hex),
    (error: unknown) => error instanceof Refusal && [reason, other].includes(error.reasonName),
    hex,
  );
}

test.run();
