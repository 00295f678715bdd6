// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkBudget } from './budget.ts';
import { IMAGES } from './images.ts';

const test = suite('size budgets');

const figures = [{ name: 'bytecodeBytes', bytes: 1000, meaning: 'flash: bytecode' }];

function check(budget: Record<string, number>): string[] {
  return checkBudget({ name: 'pne', board: 'a board', budget }, figures);
}

test('a figure at its budget is within it', () => {
  assert.equal(check({ bytecodeBytes: 1000 }), []);
});

test('a byte over the budget is one line that says which, by how much and what to do', () => {
  const [line, ...more] = check({ bytecodeBytes: 999 });
  assert.match(line!, /^pne on a board: bytecodeBytes is 1000, 1 over its budget of 999: .*--modules/);
  assert.equal(more, []);
});

test('a budget for a figure that nobody measures is a problem', () => {
  assert.match(check({ byteCodeBytes: 1_000_000 })[0]!, /no such figure/);
});

test('every image has a budget', () => {
  for (const { name, budget } of IMAGES) assert.ok(Object.keys(budget).length > 0, name);
});

test.run();
