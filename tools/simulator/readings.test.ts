// SPDX-License-Identifier: Apache-2.0

import { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { UsageError } from './options.ts';
import { readRows } from './readings.ts';

const test = suite('simulator/readings');

/** Each row as `line: JSON` or `line! error`. */
async function rowsOf(text: string): Promise<string[]> {
  const rows = [];
  for await (const row of readRows(Readable.from([Buffer.from(text)]))) {
    rows.push('error' in row ? `${row.line}! ${row.error}` : `${row.line}: ${row.text}`);
  }
  return rows;
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
    '2! not valid JSON',
    '3! not a JSON object',
    '4! not a JSON object',
    '5: {"a":2}',
  ]);
});

test('an integer that would lose digits is skipped', async () => {
  assert.equal(await rowsOf('{"a":9007199254740991}\n{"a":[9007199254740993]}\n'), [
    '1: {"a":9007199254740991}',
    '2! an integer beyond 2^53 would lose digits: write it as text',
  ]);
});

test('a row that no payload can hold is skipped', async () => {
  const deep = `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`;
  const long = JSON.stringify({ a: 'x'.repeat(10_000) });
  const rows = await rowsOf(`{"a":1}\n${deep}\n${long}\n`);
  assert.is(rows.length, 3);
  assert.match(rows[1]!, /^2! no payload for a PNE: tooDeep/);
  assert.match(rows[2]!, /^3! no payload for a PNE: tooLong/);
});

test('the payload of a row is what the PNE will encode from its text', async () => {
  for await (const row of readRows(Readable.from(['{"t":21.5,"big":4294967296,"n":-1}']))) {
    assert.ok('payload' in row);
    assert.equal(row.payload, createCborXPayloads().encode(JSON.parse(row.text)));
  }
});

for (const [name, text, message] of [
  ['an empty input', ' \n', /empty/],
  ['a header that names a column twice', 'a,a\n1,2\n', /'a' twice/],
  ['a header with an empty name', 'a,\n1,2\n', /empty column name/],
  ['a header with an open quote', 'a,"b\n1,2\n', /quotes/],
] as const) {
  test(`${name} is refused as a whole`, async () => {
    const error = await rowsOf(text).catch((caught: unknown) => caught);
    assert.instance(error, UsageError);
    assert.match((error as Error).message, message);
  });
}

test.run();
