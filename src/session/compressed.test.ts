// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { createRandom, randomBytes } from '../bytes/random.testing.ts';
import { because, outcome } from '../cose/test-fixture.ts';
import { compressedKid, parseCompressed } from './compressed.ts';
import { encode } from './test-fixture.ts';

const test = suite('compressed record');

function header(sequence: number, kid: string, kidContext?: string): string {
  const context = kidContext === undefined ? undefined : fromHex(kidContext);
  return toHex(encode({ sequence, kid: fromHex(kid), kidContext: context, body: fromHex('') }));
}

test('a 1-byte kid and a number up to 127 take two bytes', () => {
  assert.is(header(0, '05'), '0005');
  assert.is(header(127, '05'), '7f05');
});

test('a number from 128 takes the extended form', () => {
  assert.is(header(128, '05'), '898005');
  assert.is(header(256, '05'), '8a010005');
});

test('a kid of another length takes the extended form', () => {
  assert.is(header(0, ''), '8100');
  assert.is(header(0, '0102'), '91000102');
  assert.is(header(0, '01020304050607'), 'b90001020304050607');
});

test('a kid context takes the extended form, an empty one too', () => {
  assert.is(header(0, '05', ''), 'c9000005');
  assert.is(header(0, '05', 'aabb'), 'c90002aabb05');
});

test('the highest number takes five bytes', () => {
  assert.is(header(2 ** 40 - 1, '05'), '8dffffffffff05');
  assert.is(parseCompressed(fromHex('8dffffffffff05')).sequence, 2 ** 40 - 1);
});

test('numbers past 32 bits read and encode exactly', () => {
  for (const sequence of [255, 256, 65535, 65536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 39 + 1]) {
    assert.is(parseCompressed(fromHex(header(sequence, '05'))).sequence, sequence);
  }
});

test('the short form in the extended form is refused', () => {
  assert.throws(() => parseCompressed(fromHex('890005')), because('headerInvalid'));
  assert.throws(() => parseCompressed(fromHex('897f05')), because('headerInvalid'));
});

test('a reserved length of the Partial IV is refused', () => {
  for (const first of ['88', '8e', '8f']) {
    assert.throws(() => parseCompressed(fromHex(`${first}0102030405060708`)), because('headerInvalid'));
  }
});

test('a leading zero in the Partial IV is refused', () => {
  for (const record of ['8a008005', '8b00000005', '8d000000000105']) {
    assert.throws(() => parseCompressed(fromHex(record)), because('headerInvalid'));
  }
  assert.is(parseCompressed(fromHex('8100')).sequence, 0);
});

test('a kid context of more than 16 bytes is refused', () => {
  assert.ok(parseCompressed(fromHex(`c90010${'aa'.repeat(16)}05`)));
  assert.throws(() => parseCompressed(fromHex(`c90011${'aa'.repeat(17)}05`)), because('headerInvalid'));
});

test('a header cut short at any length is refused', () => {
  for (const whole of ['0005', '898005', 'c90002aabb05', 'fdffffffffff02aabb01020304050607']) {
    assert.is(
      outcome(() => parseCompressed(fromHex(whole))),
      'accepted',
    );
    for (let length = 0; length < whole.length / 2; length++) {
      const record = fromHex(whole.slice(0, 2 * length));
      assert.throws(() => parseCompressed(record), because('truncated'));
      assert.throws(() => compressedKid(record), because('truncated'));
    }
  }
});

test('what parses encodes to the same bytes', () => {
  const random = createRandom(8613);
  let parsed = 0;
  for (let round = 0; round < 2000; round++) {
    const record = randomBytes(random, random() % 24);
    if (outcome(() => parseCompressed(record)) !== 'accepted') continue;
    parsed += 1;
    assert.equal(encode(parseCompressed(record)), record);
    assert.equal(compressedKid(record).slice(), parseCompressed(record).kid.slice());
  }
  assert.ok(parsed > 500, `${parsed} parsed`);
});

test('what is encoded parses to the same fields', () => {
  const random = createRandom(1);
  for (let round = 0; round < 500; round++) {
    const sequence = (random() * 256 + (random() & 255)) % 2 ** (1 + (random() % 40));
    const fields = {
      sequence,
      kid: randomBytes(random, random() % 8),
      kidContext: random() % 2 === 0 ? undefined : randomBytes(random, random() % 17),
      body: randomBytes(random, random() % 40),
    };
    const { kid, kidContext, body, ...parsed } = parseCompressed(encode(fields));
    assert.equal(
      {
        ...parsed,
        kid: kid.slice(),
        kidContext: kidContext?.slice(),
        body: body.slice(),
      },
      fields,
    );
  }
});

test.run();
