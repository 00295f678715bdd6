// SPDX-License-Identifier: Apache-2.0

/** Random values and random bytes, near what payloads are and near their limits. */
import { concatBytes } from '../bytes/compare.ts';
import { type Below, randomBytes } from '../bytes/random.testing.ts';
import { ImplementationLimits } from '../limits.ts';

const { payloadMaxTextBytes } = ImplementationLimits;

const NUMBERS = [
  0,
  -0,
  23,
  24,
  -24,
  -25,
  255,
  256,
  -257,
  65535,
  65536,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 32 - 1,
  2 ** 32,
  -(2 ** 32),
  -(2 ** 32) - 1,
  2 ** 53,
  Number.MAX_SAFE_INTEGER,
  -Number.MAX_SAFE_INTEGER,
  1e300,
  -1e300,
  0.5,
  -1.1,
  5e-324,
  Infinity,
  -Infinity,
  NaN,
];

/** Of one, two, three and four bytes in UTF-8, of three in CESU-8, and half characters. */
const CHARACTERS = [
  'a',
  'Z',
  '0',
  '9',
  '\0',
  '\x7f',
  'é',
  '߿',
  'ࠀ',
  '€',
  '\uffff',
  '\u{10000}',
  '\u{1f510}',
  '\u{10ffff}',
];
const HALVES = ['\ud800', '\udbff', '\udc00', '\udfff', '\ud83d\udd10'];
const NAMES = [
  'a',
  'temperature',
  'é',
  '0',
  '1',
  '10',
  '01',
  '-1',
  '4294967294',
  '4294967295',
  '',
  '__proto__',
  'constructor',
];

export function randomValue(below: Below): unknown {
  return below(4) === 0 ? randomLeaf(below) : randomContainer(below, below(60) === 0 ? 5 : 4);
}

function randomContainer(below: Below, depth: number): unknown {
  if (depth === 0) return randomLeaf(below);
  const length = below(80) === 0 ? 200 + below(100) : below(6);
  const inner = () => (below(3) === 0 ? randomContainer(below, depth - 1) : randomLeaf(below));
  if (below(2) === 0) return sparse(Array.from({ length: Math.min(length, 40 * depth) }, inner), below);
  const value: Record<string, unknown> = {};
  for (let i = 0; i < length; i++) define(value, randomName(below), inner(), below);
  return value;
}

/** Now and then with a hole. */
function sparse(values: unknown[], below: Below): unknown[] {
  if (values.length > 0 && below(10) === 0) delete values[below(values.length)];
  return values;
}

/** Not by assignment, which a name may do more with. Some are hidden, and some taken away again. */
function define(object: object, name: string, value: unknown, below: Below): void {
  Object.defineProperty(object, name, {
    value,
    enumerable: below(20) > 0,
    configurable: true,
    writable: true,
  });
  if (below(20) === 0) Reflect.deleteProperty(object, name);
  if (below(40) === 0) Object.defineProperty(object, Symbol('hidden'), { value, enumerable: true });
}

function randomName(below: Below): string {
  return below(2) === 0 ? NAMES[below(NAMES.length)]! : randomText(below, below(40) === 0 ? 70 : 10);
}

function randomLeaf(below: Below): unknown {
  switch (below(9)) {
    case 0:
      return randomText(below, below(30) === 0 ? payloadMaxTextBytes + 2 : 40);
    case 1:
      return randomBytes(() => below(256), below(60) === 0 ? below(9000) : below(40));
    case 2:
      return [true, false, null, undefined][below(4)];
    case 3:
      return below(2 ** 16) * (below(2) === 0 ? 1 : 2 ** 16) - below(2 ** 17);
    case 4:
      return (below(2 ** 16) - 2 ** 15) / (1 + below(100));
    case 5:
      return below(40) === 0 ? strange(below) : below(100);
    default:
      return NUMBERS[below(NUMBERS.length)];
  }
}

function randomText(below: Below, limit: number): string {
  const onlyAscii = below(2) === 0;
  let text = '';
  for (let left = below(limit); left > 0; left--) {
    text += onlyAscii ? String.fromCharCode(32 + below(95)) : CHARACTERS[below(CHARACTERS.length)];
  }
  return below(60) === 0 ? text + HALVES[below(HALVES.length)] : text;
}

/** What no payload holds, and code that does not run. */
function strange(below: Below): unknown {
  const all = [
    Symbol('x'),
    () => 0,
    1n,
    new Date(0),
    new Map(),
    /x/,
    new Float32Array(1),
    Object.create(null),
    Object(1),
  ];
  return all[below(all.length)];
}

/** A payload as it is, changed, cut, or made longer; or bytes that no codec wrote. */
export function randomBytesOf(payload: Uint8Array, below: Below): Uint8Array {
  const copy = payload.slice();
  switch (below(8)) {
    case 0:
      return copy;
    case 1:
      return copy.slice(0, below(copy.length + 1));
    case 2:
      return concatBytes(copy, Uint8Array.of(below(256)));
    case 3:
      return nested(below);
    case 4:
      return heads(below);
    default:
      for (let left = 1 + below(3); left > 0 && copy.length > 0; left--) {
        copy[below(Math.min(copy.length, 1 + below(copy.length)))] = below(256);
      }
      return copy;
  }
}

/** Arrays and maps in each other, with short items in them. */
function nested(below: Below): Uint8Array {
  const bytes: number[] = [];
  for (let depth = below(7); depth > 0; depth--) {
    if (below(2) === 0) bytes.push(0x81);
    else bytes.push(0xa1, below(24));
  }
  return Uint8Array.of(...bytes, below(256));
}

/** A map whose keys and values are heads of every kind, in forms short and long. */
function heads(below: Below): Uint8Array {
  const pairs = below(20) === 0 ? 250 + below(12) : below(4);
  const bytes = pairs < 24 ? [0xa0 | pairs] : pairs < 256 ? [0xb8, pairs] : [0xb9, 1, pairs - 256];
  let last: number[] = [0x60];
  for (let i = 0; i < pairs; i++) {
    last = below(20) === 0 ? last : key(below, i);
    bytes.push(...last);
    bytes.push(...(below(6) === 0 ? number(below, i) : [below(3) > 0 ? below(24) : 0xe0 | below(32)]));
  }
  return Uint8Array.from(bytes);
}

/** Mostly another than before. 1 and "1" are the same, in a map. */
function key(below: Below, index: number): number[] {
  switch (below(24)) {
    case 0:
      return [below(10)];
    case 1:
      return [0x61, 0x30 + below(10)];
    case 2:
      return [0x20 | below(10)];
    case 3:
      return [0x62, 0x2d, 0x31 + below(9)];
    case 4:
      return [0x69, ...'__proto__'].map((byte) => (typeof byte === 'number' ? byte : byte.charCodeAt(0)));
    case 5:
      return [0x62, 0x30 + (index % 10), 0x61 + (index % 26)];
    default:
      return number(below, index);
  }
}

function number(below: Below, key: number): number[] {
  const info = below(20) === 0 ? 24 + below(8) : 25;
  const length = info === 25 ? 2 : ([1, 2, 4, 8][info - 24] ?? 0);
  const argument = info === 25 ? [1 + (key >> 8), key & 0xff] : Array.from({ length }, () => below(256));
  return [(below(20) === 0 ? below(8) << 5 : below(2) << 5) | info, ...argument];
}
