// SPDX-License-Identifier: Apache-2.0

import { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { readRows } from './readings.ts';
import { UsageError } from './usage-error.ts';

const test = suite('simulator/readings');

const payloads = createCborXPayloads();

/** Each row as `line: JSON` or `line! error`. */
async function rowsOf(input: string | Uint8Array, delimiter?: string): Promise<string[]> {
  const rows = [];
  for await (const row of readRows(Readable.from([Buffer.from(input as string)]), delimiter)) {
    if ('error' in row) rows.push(`${row.line}! ${row.error}`);
    else rows.push(`${row.line}: ${JSON.stringify(payloads.decode(row.payload))}`);
  }
  return rows;
}

async function problemOf(input: string | Uint8Array): Promise<string> {
  const error = await rowsOf(input).catch((caught: unknown) => caught);
  assert.instance(error, UsageError);
  return (error as UsageError).message;
}

test('CSV cells become numbers, text or null', async () => {
  assert.equal(await rowsOf('a,b,c\n1,-2.5e3,x\n007,,"q,""z"\n'), [
    '2: {"a":1,"b":-2500,"c":"x"}',
    '3: {"a":"007","b":null,"c":"q,\\"z"}',
  ]);
});

test('NDJSON rows are told by their first brace', async () => {
  assert.equal(await rowsOf('\n {"a":[1,{"b":null}]}\n\n{"c":"ü"}\n'), [
    '2: {"a":[1,{"b":null}]}',
    '4: {"c":"ü"}',
  ]);
});

test('a byte order mark and CRLF line ends are no part of the readings', async () => {
  assert.equal(await rowsOf('\ufeffa,b\r\n1,2\r\n'), ['2: {"a":1,"b":2}']);
});

test('a bad CSV row is skipped with its line number and the rest arrives', async () => {
  assert.equal(await rowsOf('a,b\n1\n"x,2\n3,4,5\n6,7\n'), [
    '2! 1 cells where the header has 2',
    '3! not valid CSV: check its quotes',
    '4! 3 cells where the header has 2',
    '5: {"a":6,"b":7}',
  ]);
});

test('a bad NDJSON row is skipped with its line number and the rest arrives', async () => {
  assert.equal(await rowsOf('{"a":1}\n{"a":\n[1]\nnull\n{"a":2}\n'), [
    '1: {"a":1}',
    '2! not valid JSON: it ends too early at character 6',
    '3! not a JSON object',
    '4! not a JSON object',
    '5: {"a":2}',
  ]);
});

test('an error of JSON names what people write where JSON has no such thing', async () => {
  const rows = await rowsOf(
    '{"a":1}\n{"a":NaN}\n{\'a\':1}\n{"a":1,}\n# note\n{"a":True}\n{"a":+1}\n{"a":1}{}\n',
  );
  for (const [index, what] of [
    /NaN/,
    /double quotes/,
    /comma before/,
    /comments/,
    /true/,
    /digit/,
    /"{}"/,
  ].entries())
    assert.match(rows[index + 1]!, what);
});

test('an integer that would lose digits is skipped', async () => {
  assert.equal(await rowsOf('{"a":9007199254740991}\n{"a":[9007199254740993]}\n{"a":9007199254740992}\n'), [
    '1: {"a":9007199254740991}',
    '2! 9007199254740993 is an integer beyond 2^53 and would lose digits: write it as text',
    '3! 9007199254740992 is an integer beyond 2^53 and would lose digits: write it as text',
  ]);
});

test('what a double holds arrives exactly', async () => {
  const numbers = ['1e300', '3.4028235677973366e38', '5e-324', '0.1', '21.50', '100.0', '-1E-7', '1e22'];
  const precise = ['0.10000000000000001', '0.1000000000000000055511151231257827', '1.7976931348623157e308'];
  for (const number of [...numbers, ...precise]) {
    for (const text of [`{"a":${number}}`, `a\n${number}`]) {
      const [row = ''] = await rowsOf(text);
      assert.is(JSON.parse(row.replace(/^\d: /, '')).a, Number(number), row);
    }
  }
});

test('what a double would change is skipped with its number, in CSV too', async () => {
  for (const number of [
    '0.1234567890123456789',
    '1e400',
    '-1e400',
    '1e-400',
    '4e-324',
    '9007199254740993.0',
  ]) {
    assert.match((await rowsOf(`{"a":${number}}`))[0]!, new RegExp(`^1! ${number.replace('.', '\\.')} `));
    assert.match((await rowsOf(`a\n${number}`))[0]!, new RegExp(`^2! ${number.replace('.', '\\.')} `));
  }
});

test('-0 arrives as -0 or is skipped, as payloads have it', async () => {
  const holds = Object.is(payloads.decode(payloads.encode(-0)), -0);
  for await (const row of readRows(Readable.from([Buffer.from('{"a":-0}\n{"a":-0.0}\n')]))) {
    if (holds)
      assert.ok('payload' in row && Object.is((payloads.decode(row.payload) as { a: number }).a, -0));
    else assert.match('error' in row ? row.error : '', /another value/);
  }
});

test('a key that comes twice is skipped: one of its values would be lost', async () => {
  assert.equal(await rowsOf('{"a":1,"a":2}\n{"a":{"b":1,"\\u0062":1}}\n{"a":1}\n'), [
    "1! the key 'a' comes twice",
    "2! the key 'b' comes twice",
    '3: {"a":1}',
  ]);
});

test('half a surrogate pair, which UTF-8 has not, is skipped', async () => {
  assert.match((await rowsOf('{"a":"\\ud83d"}'))[0]!, /^1! .*surrogate/);
});

test('a row past a limit of payloads is skipped with the limit and its size', async () => {
  const doubles = (count: number) =>
    JSON.stringify({ w: Array.from({ length: count }, (_, n) => n + 0.1234567) });
  const rows = await rowsOf(
    [
      '{"a":1}',
      `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
      JSON.stringify({ a: 'x'.repeat(10_000) }),
      doubles(240),
      JSON.stringify({ a: Array.from({ length: 300 }, () => 1) }),
      doubles(200),
    ].join('\n'),
  );
  assert.is(rows[1], '2! nested more than 4 deep, which no payload may be');
  assert.is(rows[2], '3! a text of 10,000 bytes, and 1,024 is the limit');
  assert.is(rows[3], '4! a payload of 2,165 bytes, and 2,048 is the limit');
  assert.is(rows[4], '5! 301 values, and a payload has at most 256');
  assert.match(rows[5]!, /^6: /);
});

test('a hundred columns of all their digits are a reading', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `column_${index}`);
  const cells = names.map((_, index) => (index + 1) / 7);
  const [row = ''] = await rowsOf(`${names.join(',')}\n${cells.join(',')}\n`);
  assert.equal(Object.values(JSON.parse(row.slice(3))), cells);
});

test('tabs, semicolons and bars between cells are found out', async () => {
  for (const mark of [';', '\t', '|']) {
    const text = `a,1${mark}"b${mark}b"${mark}c\n1${mark}2,5${mark}x\n`;
    assert.equal(await rowsOf(text), [`2: {"a,1":1,${JSON.stringify(`b${mark}b`)}:"2,5","c":"x"}`]);
  }
});

test('the delimiter may be given', async () => {
  assert.equal(await rowsOf('a:b,c\n1:2\n', ':'), ['2: {"a":1,"b,c":2}']);
});

test('a quoted cell may run over lines, whose ends are its own', async () => {
  assert.equal(await rowsOf('a,b\r\n"x\r\n\ny",2\r\n3,4\r\n'), [
    '2: {"a":"x\\r\\n\\ny","b":2}',
    '5: {"a":3,"b":4}',
  ]);
});

test('lines may end in CR alone, and other separators of Unicode end none', async () => {
  assert.equal(await rowsOf('a,b\r1,2\r3,4'), ['2: {"a":1,"b":2}', '3: {"a":3,"b":4}']);
  assert.equal(await rowsOf('{"a":"x\u2028y"}\n'), ['1: {"a":"x\u2028y"}']);
});

test('numbers may have blanks around them; what is no number of JSON stays text', async () => {
  assert.equal(await rowsOf('a,b,c,d\n 1, -2.5 ,007,true\nNaN,+1,.5,2026-11-27\n'), [
    '2: {"a":1,"b":-2.5,"c":"007","d":true}'.replace('true', '"true"'),
    '3: {"a":"NaN","b":"+1","c":".5","d":"2026-11-27"}',
  ]);
});

test('a JSON array is rows, on one line or laid out', async () => {
  const expected = (first: number, second: number) => [`${first}: {"a":[1,"]"]}`, `${second}: {"a":2}`];
  assert.equal(await rowsOf('[{"a":[1,"]"]},{"a":2}]'), expected(1, 1));
  assert.equal(await rowsOf('\n[\n  {\n    "a": [1, "]"]\n  },\n  {"a": 2}\n]\n'), expected(3, 6));
});

test('objects that are laid out over lines are rows', async () => {
  const one = JSON.stringify({ a: { b: [1, 2] }, c: 'x' }, null, 2);
  assert.equal(await rowsOf(`${one}\n${one}\n`), [
    '1: {"a":{"b":[1,2]},"c":"x"}',
    '10: {"a":{"b":[1,2]},"c":"x"}',
  ]);
});

test('a JSON array of any length is read row by row', async () => {
  const rows = Array.from({ length: 20_000 }, (_, n) => ({ n }));
  assert.is((await rowsOf(JSON.stringify(rows))).length, 20_000);
});

test('in an array a row that is none is skipped, and one that never ends is said', async () => {
  assert.equal(await rowsOf('[{"a":1},\n5,\n{"a":},\n{"a":2}'), [
    '1: {"a":1}',
    '2! not a JSON object',
    `3! not valid JSON: unexpected "}" at character 6`,
    '4: {"a":2}',
    '4! not valid JSON: the input ends before what begins here is closed',
  ]);
});

test('a first line that was cut costs itself alone', async () => {
  assert.equal(await rowsOf('{"a":\n{"a":2}\n'), [
    '1! not valid JSON: it ends too early at character 6',
    '2: {"a":2}',
  ]);
});

test('comments in front of the rows are passed over, later ones named', async () => {
  assert.equal(await rowsOf('# made by x\n\n#\na,b\n1,2\n# note\n'), [
    '5: {"a":1,"b":2}',
    '6! 1 cells where the header has 2; a comment is no row',
  ]);
  assert.equal(await rowsOf('# x\n{"a":1}\n'), ['2: {"a":1}']);
});

test('a row that is not UTF-8 is skipped, and nothing is put in its place', async () => {
  const text = Buffer.from('a,b\n1,k\xfcche\n2,k\xc3\xbcche\n', 'latin1');
  assert.equal(await rowsOf(text), [
    '2! not UTF-8 (byte 4 of it is FC): convert the file, as with iconv -f WINDOWS-1252 -t UTF-8',
    '3: {"a":2,"b":"küche"}',
  ]);
  const [row] = await rowsOf(Buffer.from('{"a":"\xe4"}\n', 'latin1'));
  assert.match(row!, /^1! not UTF-8 \(byte 7 of it is E4\)/);
});

test('a row that is longer than any reading is skipped', async () => {
  assert.equal(await rowsOf(`a\n${'x'.repeat(70_000)}\n1\n`), ['2! longer than 65,536 bytes', '3: {"a":1}']);
});

for (const [name, bytes, message] of [
  ['UTF-16 with a mark', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), /UTF-16: convert/],
  ['UTF-16 without one', Buffer.from('a,b\n1,2\n', 'utf16le'), /UTF-16: convert/],
  ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0]), /compressed: zcat/],
  ['a spreadsheet', Buffer.from('PK\x03\x04...'), /zip archive, as spreadsheets are/],
  [
    'an image',
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
    /no text: byte 9 is 0/,
  ],
  ['a header in Latin-1', Buffer.from('gr\xf6\xdfe,b\n1,2\n', 'latin1'), /header in line 1 is not UTF-8/],
  ['numbers without a header', Buffer.from('1,2.5\n3,4\n'), /line 1 has numbers where CSV has the names/],
] as const) {
  test(`${name} is refused by name`, async () => {
    assert.match(await problemOf(bytes), message);
  });
}

test('the payload of a row is what the PNE encodes again', async () => {
  for await (const row of readRows(Readable.from([Buffer.from('{"t":21.5,"big":4294967296,"n":-1}')]))) {
    assert.ok('payload' in row);
    assert.equal(compactPayloads.encode(compactPayloads.decode(row.payload)), row.payload);
  }
});

test('an input that comes byte by byte is the same', async () => {
  async function* bytes() {
    for (const byte of Buffer.from('a;b\r\n"x\r\ny";1\r\n2;3\r\n')) yield Uint8Array.of(byte);
  }
  const rows = [];
  for await (const row of readRows(bytes())) rows.push(row.line);
  assert.equal(rows, [2, 4]);
});

for (const [name, text, message] of [
  ['an empty input', ' \n', /empty/],
  ['a header that names a column twice', 'a,a\n1,2\n', /'a' twice/],
  ['a header with an empty name', 'a,\n1,2\n', /empty column name/],
  ['a header with an open quote', 'a,"b\n1,2\n', /quotes/],
] as const) {
  test(`${name} is refused as a whole`, async () => {
    assert.match(await problemOf(text), message);
  });
}

test.run();
