// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Distributor } from './distributor.ts';
import type { Reading, Row } from './input/row.ts';
import { Ledger } from './ledger.ts';

const test = suite('simulator/distributor');

async function* numbered(count: number): AsyncGenerator<Row> {
  for (let line = 1; line <= count; line += 1) yield reading(line);
}

function reading(line: number): Reading {
  return { line, payload: Uint8Array.of(line & 0xff) };
}

function outlet(distributor: Distributor) {
  const lines: (number | 'end')[] = [];
  const { ask, restart, remove } = distributor.add(
    ({ line }) => lines.push(line),
    () => lines.push('end'),
  );
  return { lines, ask, restart, remove };
}

test('rows are dealt in turn, however unevenly they are asked for', async () => {
  const distributor = new Distributor(numbered(7), () => {});
  const [a, b] = [outlet(distributor), outlet(distributor)];
  await a.ask(10);
  await b.ask(2);
  assert.equal(a.lines, [1, 3, 5, 7]);
  assert.equal(b.lines, [2, 4]);
  await b.ask(2);
  assert.equal(a.lines, [1, 3, 5, 7, 'end']);
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

test('a PNE that never asks holds nobody back, and no more than a bounded number of rows waits for it', async () => {
  const distributor = new Distributor(numbered(10_000), () => {});
  const [a, b] = [outlet(distributor), outlet(distributor)];
  await a.ask(10_000);
  assert.is(a.lines.length, 10_000 - 1024);
  assert.equal(
    distributor.waiting.map(({ line }) => line),
    Array.from({ length: 1024 }, (_, index) => 2 * index + 2),
  );
  await b.ask(2000);
  assert.is(b.lines.length, 1024 + 1);
});

test('a PNE that starts anew gets again what it was given in vain, before all else', async () => {
  const distributor = new Distributor(numbered(4), () => {});
  const a = outlet(distributor);
  await a.ask(3);
  a.restart([reading(2), reading(3)]);
  assert.equal(a.lines, [1, 2, 3]);
  await a.ask(4);
  assert.equal(a.lines, [1, 2, 3, 2, 3, 4, 'end']);
});

test('what waits for a PNE that is given up goes to the others', async () => {
  const distributor = new Distributor(numbered(6), () => {});
  const [a, b] = [outlet(distributor), outlet(distributor)];
  await a.ask(6);
  assert.equal(a.lines, [1, 3, 5]);
  await b.remove();
  assert.equal(a.lines, [1, 3, 5, 2, 4, 6, 'end']);
});

test('rows that no PNE is left for are not lost sight of', async () => {
  const distributor = new Distributor(numbered(6), () => {});
  const [a, b] = [outlet(distributor), outlet(distributor)];
  await a.ask(2);
  await a.remove();
  await b.remove();
  assert.equal(
    distributor.waiting.map(({ line }) => line),
    [2],
  );
});

test('nothing is given any more after a stop', async () => {
  const distributor = new Distributor(numbered(6), () => {});
  const a = outlet(distributor);
  await a.ask(1);
  distributor.stop();
  await a.ask(5);
  assert.equal(a.lines, [1]);
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

test('a PNE that starts anew numbers its readings from an id of its own', () => {
  const ledger = new Ledger();
  ledger.add('a');
  const [first, second, third] = [reading(4), reading(6), reading(8)];
  for (const each of [first, second]) ledger.given('a', each);
  ledger.received('a', 0, first.payload);
  assert.equal(ledger.restarted('a'), [second]);
  for (const each of [second, third]) ledger.given('a', each);
  ledger.received('a', 129, third.payload);
  ledger.received('a', 128, second.payload);
  assert.is(ledger.receivedOf('a'), 3);
  assert.equal(ledger.missing(), []);
});

test('what a PNE was given in vain is missing nowhere once another has delivered it', () => {
  const ledger = new Ledger();
  for (const pne of ['a', 'b']) ledger.add(pne);
  const given = reading(4);
  ledger.given('a', given);
  assert.equal(ledger.restarted('a'), [given]);
  assert.is(ledger.underWay, 0);
  ledger.given('b', given);
  assert.equal(ledger.missing(), [{ line: 4, pne: 'b', problem: 'missing' }]);
  ledger.received('b', 0, given.payload);
  assert.equal(ledger.missing(), []);
});

test('a reading that arrives between the restart and its second giving counts once', () => {
  const ledger = new Ledger();
  ledger.add('a');
  const [first, second] = [reading(4), reading(6)];
  for (const each of [first, second]) ledger.given('a', each);
  ledger.received('a', 0, first.payload);
  const again = ledger.restarted('a');
  ledger.received('a', 1, second.payload);
  for (const each of again) ledger.given('a', each);
  ledger.received('a', 128, second.payload);
  assert.is(ledger.receivedOf('a'), 2);
  assert.equal(ledger.missing(), []);
});

test('a reading of before the restart that arrives late counts once', () => {
  const ledger = new Ledger();
  ledger.add('a');
  const [first, second] = [reading(4), reading(6)];
  for (const each of [first, second]) ledger.given('a', each);
  ledger.received('a', 0, first.payload);
  for (const each of ledger.restarted('a')) ledger.given('a', each);
  ledger.received('a', 1, second.payload);
  ledger.received('a', 128, second.payload);
  assert.is(ledger.receivedOf('a'), 2);
  assert.is(ledger.underWay, 0);
  assert.equal(ledger.missing(), []);
});

test.run();
