// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RESULTS_FOLDER, type Results } from '../results.ts';
import { plotsOf } from './plots.ts';
import { savedPlots } from './save.ts';
import { linearScale, logScale, shortNumber } from './scale.ts';

const test = suite('bench, plots');

test('the plots in the repository are those of its results', () => {
  const drawn = savedPlots().map(({ name }) => `${name}.svg`);
  assert.equal(
    drawn.sort(),
    readdirSync(RESULTS_FOLDER)
      .filter((file) => file.endsWith('.svg'))
      .sort(),
  );
  for (const { name, svg } of savedPlots()) {
    const kept = readFileSync(join(RESULTS_FOLDER, `${name}.svg`), 'utf8');
    assert.ok(kept === svg, `${name}.svg is another: npm run bench -- --plots draws it`);
  }
});

test('a figure that changes changes its plot', () => {
  const results = (value: number): Results => ({
    board: 'b',
    rows: [
      { board: 'b', engine: 'XS', provider: 'native', op: 'record.protect', bytes: 64, unit: 'us', value },
    ],
  });
  const [before] = plotsOf(results(3));
  const [after] = plotsOf(results(4));
  assert.is(before!.name, 'b-records');
  assert.is.not(before!.svg, after!.svg);
});

test('what a file says cannot leave its place in the text', () => {
  const engine = '</text><script>';
  const rows = [
    { board: 'b', engine, provider: 'x', op: 'record.protect', bytes: 64, unit: 'us', value: 1 },
  ] as const;
  const [plot] = plotsOf({ board: 'b', rows });
  assert.not.match(plot!.svg, /<script>/);
});

test('a logarithmic scale spans whole decades', () => {
  const scale = logScale([20, 3000], 0, 300);
  assert.equal(scale.ticks, [10, 100, 1000, 10000]);
  assert.equal([10, 100, 10000].map(scale.at), [0, 100, 300]);
});

test('a linear scale begins at 0', () => {
  const scale = linearScale([1.2], 0, 140);
  assert.is(scale.at(0), 0);
  assert.equal(scale.ticks, [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4]);
});

test('numbers are short', () => {
  assert.equal([1.35, 12, 999, 2450, 31_400_000].map(shortNumber), ['1.35', '12', '999', '2.45 k', '31.4 M']);
});

test.run();
