// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BenchRow } from './rows.ts';
import { formatTables } from './table.ts';

const test = suite('bench, table');

function row(provider: string, engine: string, op: string, value: number): BenchRow {
  return { board: 'b', engine, provider, op, bytes: 64, unit: 'instructions', value };
}

test('plain C comes first, and ratios are those to it', () => {
  const text = formatTables([row('native', 'XS', 'protect', 3000), row('c', 'C', 'protect', 2000)]);
  assert.match(text, /retired instructions per operation on b, and their ratio to 'c' on C\n/);
  assert.match(text, /\nprotect +64 +2,000 +1\.00x +3,000 +1\.50x$/);
});

test('without plain C they are those to the first place', () => {
  const text = formatTables([row('native', 'XS', 'protect', 10), row('noble', 'XS', 'protect', 2500)]);
  assert.match(text, /10 +1\.00x +2,500 +250x$/);
});

test('a place without a figure has a dash', () => {
  const text = formatTables([
    row('c', 'C', 'a', 1),
    row('native', 'XS', 'a', 1),
    row('native', 'XS', 'b', 7),
  ]);
  assert.match(text, /\nb +64 +- +7$/);
});

test('what needs no cryptography is in a table of its own', () => {
  const tables = formatTables([row('c', 'C', 'a', 1), row('none', 'XS', 'cbor.encode', 9)]).split('\n\n');
  assert.not.match(tables[1]!, /cbor/);
  assert.match(tables[3]!, /cbor\.encode/);
});

test('the server is compared with the bare libraries, in a table of its own', () => {
  const text = formatTables([
    row('native', 'XS', 'protect', 10),
    row('bare', 'Node', 'server.reading', 7),
    row('node', 'Node', 'server.reading', 10),
  ]);
  const [, , title, table] = text.split('\n\n');
  assert.match(title!, /their ratio to 'bare' on Node$/);
  assert.match(table!, /server\.reading +64 +7 +1\.00x +10 +1\.43x$/);
});

test('a chip has a table of cycles and one of microseconds', () => {
  const chip = { ...row('native', 'XS', 'protect', 3200), unit: 'cycles' as const, us: 20 };
  const [cycles, , us, table] = formatTables([chip]).split('\n\n');
  assert.match(cycles!, /^cycles per operation/);
  assert.match(us!, /^microseconds per operation/);
  assert.match(table!, /protect +64 +20\.0 /);
});

test.run();
