// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { createBelow } from '../bytes/random.testing.ts';
import { ImplementationLimits } from '../limits.ts';
import { type ReasonName, Refusal } from '../refusal.ts';
import type { PayloadCodec } from './payload.ts';

const { payloadMaxDepth, payloadMaxItems, payloadMaxTextBytes } = ImplementationLimits;

/** What each value is on the wire, on every engine. */
const ENCODINGS: readonly (readonly [unknown, string])[] = [
  [0, '00'],
  [23, '17'],
  [24, '1818'],
  [255, '18ff'],
  [256, '190100'],
  [65536, '1a00010000'],
  [2 ** 31, '1a80000000'],
  [2 ** 32 - 1, '1affffffff'],
  [-1, '20'],
  [-24, '37'],
  [-25, '3818'],
  [-256, '38ff'],
  [-257, '390100'],
  [-65537, '3a00010000'],
  [-(2 ** 31), '3a7fffffff'],
  [-(2 ** 31) - 1, '3a80000000'],
  [-(2 ** 32), '3affffffff'],
  [2 ** 32, 'fb41f0000000000000'],
  [-(2 ** 32) - 1, 'fbc1f0000000100000'],
  [2 ** 53, 'fb4340000000000000'],
  [1.5, 'fb3ff8000000000000'],
  [-0.1, 'fbbfb999999999999a'],
  [Infinity, 'fb7ff0000000000000'],
  [5e-324, 'fb0000000000000001'],
  ['', '60'],
  ['é€\u{1f510}', '69c3a9e282acf09f9490'],
  ['\u{20bb7}', '64f0a0aeb7'],
  [{ '\u{1f510}': ['\u{10ffff}'] }, 'a164f09f94908164f48fbfbf'],
  ['x'.repeat(23), `77${'78'.repeat(23)}`],
  ['x'.repeat(24), `7818${'78'.repeat(24)}`],
  ['é'.repeat(12), `7818${'c3a9'.repeat(12)}`],
  ['x'.repeat(31), `781f${'78'.repeat(31)}`],
  ['é'.repeat(31), `783e${'c3a9'.repeat(31)}`],
  ['x'.repeat(63), `783f${'78'.repeat(63)}`],
  ['x'.repeat(64), `7840${'78'.repeat(64)}`],
  ['€'.repeat(42), `787e${'e282ac'.repeat(42)}`],
  ['x'.repeat(128), `7880${'78'.repeat(128)}`],
  [true, 'f5'],
  [false, 'f4'],
  [null, 'f6'],
  [undefined, 'f7'],
  [new Uint8Array(0), '40'],
  [Uint8Array.of(1, 2, 3), '43010203'],
  [new Uint8Array(24), `5818${'00'.repeat(24)}`],
  [[], '80'],
  [[1, [2, []]], '8201820280'],
  [new Array(24).fill(0), `9818${'00'.repeat(24)}`],
  [{}, 'a0'],
  [{ b: 1, a: { c: [true, null] } }, 'a26162016161a1616382f5f6'],
  [{ 10: 'ten', '': 0 }, 'a26231306374656e6000'],
];

/** Runs on every codec: they write the same bytes and refuse for the same reasons. */
export function testPayloads(name: string, payloads: PayloadCodec): void {
  const codec = suite(name);
  const encodePayload = (value: unknown) => payloads.encode(value);
  const decodePayload = (payload: Uint8Array) => payloads.decode(payload);

  codec('encodes the same minimal bytes on every engine', () => {
    for (const [value, hex] of ENCODINGS) assert.is(toHex(encodePayload(value)), hex);
  });

  codec('decodes to the value that was encoded', () => {
    for (const [value, hex] of ENCODINGS) assert.equal(decodePayload(fromHex(hex)), value);
  });

  codec('keeps the sign of zero, wherever it stands', () => {
    for (const [value, hex] of [
      [-0, 'f98000'],
      [0, '00'],
      [[0, -0, [-0]], '8300f9800081f98000'],
      [{ t: -0, '\u{1f510}': -0 }, 'a26174f9800064f09f9490f98000'],
    ] as const) {
      assert.is(toHex(encodePayload(value)), hex);
      assert.is(toHex(encodePayload(decodePayload(fromHex(hex)))), hex);
    }
    for (const hex of ['f98000', 'fa80000000', 'fb8000000000000000']) {
      assert.ok(Object.is(decodePayload(fromHex(hex)), -0), hex);
    }
  });

  codec('encodes NaN as a float', () => {
    assert.is(toHex(encodePayload(NaN)), 'fb7ff8000000000000');
    assert.ok(Number.isNaN(decodePayload(fromHex('fb7ff8000000000000'))));
  });

  codec('decodes what other encoders write: short floats, 64-bit integers, integer keys', () => {
    assert.is(decodePayload(fromHex('f93e00')), 1.5);
    assert.is(decodePayload(fromHex('fa47c35000')), 100000);
    assert.is(decodePayload(fromHex('1b001fffffffffffff')), Number.MAX_SAFE_INTEGER);
    assert.is(decodePayload(fromHex('3b001ffffffffffffe')), Number.MIN_SAFE_INTEGER);
    assert.equal(decodePayload(fromHex('a201022003')), { '1': 2, '-1': 3 });
  });

  codec('hands out plain bytes that nothing else holds', () => {
    const first = encodePayload([1]);
    encodePayload([2]);
    assert.is(toHex(first), '8101');
    assert.is(Object.getPrototypeOf(first), Uint8Array.prototype);
    const payload = fromHex('4101');
    const content = decodePayload(payload) as Uint8Array;
    payload[1] = 9;
    assert.is(content[0], 1);
  });

  codec('decodes a view inside a larger buffer', () => {
    assert.equal(decodePayload(fromHex('ffff820102ffff').subarray(2, 5)), [1, 2]);
  });

  codec('leaves the borrowed payload as it was', () => {
    const payload = fromHex('820102');
    decodePayload(payload);
    assert.equal(Object.keys(payload), ['0', '1', '2']);
  });

  codec('refuses, without decoding, what the scan refuses', () => {
    refuses('duplicateKey', () => decodePayload(fromHex('a201000100')));
    refuses('tooDeep', () => decodePayload(fromHex(`${'81'.repeat(1000)}00`)));
    refuses('wrongType', () => decodePayload(fromHex('d81b8261306161')));
    refuses('invalidUtf8', () => decodePayload(fromHex('61ff')));
    refuses('trailingBytes', () => decodePayload(fromHex('0000')));
    refuses('truncated', () => decodePayload(new Uint8Array(0)));
  });

  codec('decodes the next payload after a refusal', () => {
    refuses('truncated', () => decodePayload(fromHex('8201')));
    refuses('wrongType', () => encodePayload(() => 0));
    assert.equal(decodePayload(encodePayload({ a: [1] })), { a: [1] });
  });

  codec('refuses values that a payload does not hold', () => {
    const own = JSON.parse('{"__proto__": 1}');
    for (const value of [
      new Date(0),
      new Map([[1, 2]]),
      new Set([1]),
      /x/,
      new Float32Array(1),
      () => 0,
      Symbol('x'),
      own,
    ]) {
      refuses('wrongType', () => encodePayload(value));
    }
    for (const value of [1n, 2n ** 53n]) assert.throws(() => encodePayload(value), isRefusal);
    refuses('invalidUtf8', () => encodePayload('\ud800'));
  });

  codec('refuses values past the limits', () => {
    refuses('tooManyItems', () => encodePayload(new Array(payloadMaxItems + 1).fill(0)));
    refuses('tooLong', () => encodePayload('x'.repeat(payloadMaxTextBytes + 1)));
    refuses('tooLong', () => encodePayload(new Uint8Array(5000)));
  });

  codec('refuses depth and cycles before it encodes', () => {
    let nested: unknown = 0;
    for (let i = 0; i < payloadMaxDepth; i++) nested = i % 2 === 0 ? [nested] : { n: nested };
    assert.equal(decodePayload(encodePayload(nested)), nested);
    refuses('tooDeep', () => encodePayload([nested]));
    const cycle: unknown[] = [];
    cycle.push(cycle);
    refuses('tooDeep', () => encodePayload(cycle));
  });

  codec('decodes the longest text at the greatest depth', () => {
    const text = 'x'.repeat(payloadMaxTextBytes);
    let nested: unknown = text;
    for (let i = 0; i < payloadMaxDepth; i++) nested = [nested];
    assert.equal(decodePayload(encodePayload(nested)), nested);
  });

  codec('decodes or refuses every mutation, and never fails otherwise', () => {
    const random = createBelow(2718);
    const seeds = ENCODINGS.filter(([, hex]) => hex.length <= 64).map(([, hex]) => fromHex(hex));
    assert.ok(seeds.length > 30);
    const cases = 'WebAssembly' in globalThis ? 20_000 : 2_000;
    let decoded = 0;
    for (let i = 0; i < cases; i++) {
      const bytes = seeds[random(seeds.length)]!.slice();
      bytes[random(bytes.length)] = random(256);
      if (decodes(decodePayload, bytes)) decoded += 1;
    }
    assert.ok(decoded > cases / 10 && decoded < cases);
  });

  codec.run();
}

function decodes(decodePayload: PayloadCodec['decode'], bytes: Uint8Array): boolean {
  try {
    decodePayload(bytes);
    return true;
  } catch (error) {
    assert.instance(error, Refusal, toHex(bytes));
    return false;
  }
}

function refuses(reason: ReasonName, call: () => unknown): void {
  assert.throws(call, (error: Refusal) => error.reasonName === reason);
}

function isRefusal(error: unknown): boolean {
  return error instanceof Refusal;
}
