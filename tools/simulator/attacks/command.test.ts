// SPDX-License-Identifier: Apache-2.0

/** Attacks from the command line, on PNEs on XS: what the document says, and the exit status. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { workplaceOf } from '../process.testing.ts';

const test = suite('npm start -- --attack');
const { start } = workplaceOf(test);

interface Document {
  readonly ok: boolean;
  readonly attacks: readonly Record<string, unknown>[];
}

async function attacked(...args: string[]) {
  const { status, stdout } = await start('--once', '--json', ...args).ended;
  return { status, document: JSON.parse(stdout) as Document };
}

test('attacks that are refused: their reasons, their lines of SPEC.md, their controls, and status 0', async () => {
  const { status, document } = await attacked('--attack', 'flip,rollback', '--pnes', '2');
  assert.is(status, 0);
  const parts = document.attacks.map(({ name, refused, reason, clause }) => [name, refused, reason, clause]);
  assert.equal(parts, [
    ['flip', true, { name: 'decryptionFailure', number: 44 }, 'CPNS, INT-3'],
    ['rollback', true, { name: 'epochBehind', number: 66 }, 'Delivery, clones and rolled-back stores'],
  ]);
  assert.ok(document.attacks.every(({ control }) => (control as { works: boolean }).works));
});

test('a man in the middle of a pairing, with a gateway and a PNE that are on the air', async () => {
  const { status, document } = await attacked('--attack', 'middle', '--pnes', '1', '--link', 'ble');
  assert.is(status, 0);
  const [{ refused, reason, seen }] = document.attacks as [Record<string, unknown>];
  assert.equal([refused, reason], [true, { name: 'CONFIRM_VALUE_FAILED', number: 4 }]);
  assert.equal(seen, [
    'at the gateway: pairing: CONFIRM_VALUE_FAILED',
    'at the PNE: refused: pairing: CONFIRM_VALUE_FAILED',
  ]);
});

test('an attack that could not be tried is none that was refused: status 1', async () => {
  const { status, document } = await attacked('--attack', 'clone', '--pnes', '1');
  assert.is(status, 1);
  assert.not.ok(document.ok);
  const { refused, seen } = document.attacks[0]!;
  assert.equal([refused, seen], [false, ['the only PNE has joined by a code: run with --pnes 2 or more']]);
});

test.run();
