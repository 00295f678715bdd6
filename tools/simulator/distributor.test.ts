// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Distributor } from './distributor.ts';
import { Ledger } from './ledger.ts';
import type { Reading, Row } from './readings.ts';

const test = suite('simulator/distributor');

async function* numbered(count: number): AsyncGenerator<Row> {
  for (let line = 1; line <= count; line += 1) yield reading(line);
}

function reading(line: number): Reading {
  return { line, payload: Uint8Array.of(line & 0xff) };
}

function outlet(distributor: Distributor) {
  const lines: (number | 'end')[] = [];
  const ask = distributor.add(
    ({ line }) => lines.push(line),
    () => lines.push('end'),
  );
  return { lines, ask };
}

test('rows are dealt in turn, however unevenly they are asked for', async () => {
  const distributor = new Distributor(numbered(7), () => {});
  const [a, b] = [outlet(distributor), outlet(distributor)];
  await a.ask(10);
  await b.ask(2);
  assert.equal(a.lines, [1, 3, 5, 7, 'end']);
  assert.equal(b.lines, [2, 4]);
  await b.ask(2);
  assert.equal(b.lines, [2, 4, 6, 'end']);
});

test('nothing is read that nobody asked for', async () => {
  let read = 0;
  async function* counted(): AsyncGenerator<Row> {
    for await (const row of numbered(100)) {
      read += 1;
      yield row;
    }
  }
  const distributor = new Distributor(counted(), () => {});
  const [a] = [outlet(distributor), outlet(distributor)];
  assert.is(read, 0);
  await a.ask(1);
  assert.is(read, 1);
});

test('a PNE that never asks holds the others back instead of filling memory', async () => {
  const distributor = new Distributor(numbered(10_000), () => {});
  const [a] = [outlet(distributor), outlet(distributor)];
  await a.ask(10_000);
  assert.is(a.lines.length, 1024);
});

test('skipped rows are reported and dealt to nobody', async () => {
  const skipped: number[] = [];
  async function* rows(): AsyncGenerator<Row> {
    yield { line: 1, error: 'bad' };
    yield reading(2);
  }
  const distributor = new Distributor(rows(), ({ line }) => skipped.push(line));
  const a = outlet(distributor);
  await a.ask(2);
  assert.equal(skipped, [1]);
  assert.equal(a.lines, [2, 'end']);
});

test('an input that fails rejects whoever asked', async () => {
  // biome-ignore lint/correctness/useYield: the input fails before its first row.
  async function* broken(): AsyncGenerator<Row> {
    throw new Error('gone');
  }
  const a = outlet(new Distributor(broken(), () => {}));
  const error = await a.ask(1).catch((caught: unknown) => caught);
  assert.is((error as Error).message, 'gone');
});

test('the ledger names what is missing or altered by its line', () => {
  const ledger = new Ledger();
  ledger.add('a');
  for (const line of [4, 6, 8]) ledger.given('a', reading(line));
  ledger.received('a', 1, Uint8Array.of(6));
  ledger.received('a', 2, Uint8Array.of(9));
  assert.is(ledger.receivedOf('a'), 1);
  assert.equal(ledger.missing(), [
    { line: 4, pne: 'a', problem: 'missing' },
    { line: 8, pne: 'a', problem: 'altered' },
  ]);
});

test('the ledger counts a reading that nobody was given, or that comes twice, as altered', () => {
  const ledger = new Ledger();
  ledger.add('a');
  ledger.given('a', reading(1));
  for (const id of [0, 0, 7]) ledger.received('a', id, Uint8Array.of(1));
  assert.is(ledger.receivedOf('a'), 1);
  assert.equal(ledger.missing(), [
    { line: 0, pne: 'a', problem: 'altered' },
    { line: 0, pne: 'a', problem: 'altered' },
  ]);
});

test.run();
