// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../../../bytes/hex.ts';
import { createRandom, randomBytes } from '../../../bytes/random.testing.ts';
import { viewOf } from './fields.ts';
import type { StageForm } from './stage.ts';

const test = suite('page/trace/fields');

function meanings(form: StageForm, hex: string, tagLength = 0): string[] {
  const { fields } = viewOf({ form, name: '', where: '', bytes: fromHex(hex), tagLength });
  assert.is(fields.map((each) => each.hex).join(''), hex);
  return fields.map(({ means }) => means);
}

/** Bytes of ARCHITECTURE.md, where they are drawn. */
const RECORD = '00018bb25b5be14ab22766b0b41e49b453ff35167d9cbb374bf9e34af90b59d4035eeca0019ca28962704a7e9f';
const PAYLOAD = 'a26b74656d7065726174757265fb4035800000000000666d6f74696f6ef5';

test('the stages of ARCHITECTURE.md have the fields that it draws', () => {
  assert.equal(meanings('payload', PAYLOAD), [
    'map of 2',
    '"temperature"',
    '21.5 in 64 bits',
    '"motion"',
    'true',
  ]);
  assert.equal(meanings('message', `830100581e${PAYLOAD}`), [
    'array of 3',
    'reading',
    'number 0',
    'the payload',
  ]);
  assert.equal(meanings('record', RECORD, 8), [
    'short form, Partial IV 0',
    'kid: who is to open it',
    '35 bytes of ciphertext',
    '8 bytes of tag',
  ]);
  assert.equal(meanings('value', `c00002${RECORD}`), [
    'first and last of its message, number 0',
    'of the link message',
  ]);
  assert.equal(meanings('route', `8200582e04${RECORD}`)[1], 'flow 0: which link of the gateway');
  assert.equal(meanings('message', '83020000'), ['array of 3', 'receipt', 'number 0', 'status 0']);
});

test('numbers that stand for names, and decimals, are said to be that', () => {
  assert.equal(meanings('message', '830501a200f94d6001f5').slice(2), [
    'number 1',
    'map of 2',
    'name 0',
    '21.5 in 16 bits',
    'name 1',
    'true',
  ]);
  assert.equal(meanings('message', '83050ba200c618d60118 30'.replace(' ', '')).slice(4), [
    'name 0',
    'decimal: what follows, divided by 10^1',
    '214',
    'name 1',
    '48',
  ]);
});

test('a record of the hop is told from a message that the link protects', () => {
  assert.match(meanings('hop', `04${RECORD}`).join(), /bare: the link protects it/);
  assert.match(meanings('hop', RECORD, 8).join(), /ciphertext.*tag/);
});

test('whatever the bytes are, all of them are shown, and nothing is thrown', () => {
  const random = createRandom(14);
  const forms = [
    'payload',
    'message',
    'record',
    'hop',
    'link',
    'value',
    'air',
    'route',
    'gateway record',
  ] as const;
  for (let round = 0; round < 4000; round += 1) {
    const bytes = randomBytes(random, random() % 40);
    const form = forms[round % forms.length]!;
    const { fields } = viewOf({ form, name: '', where: '', bytes, tagLength: random() % 20 });
    assert.is(fields.map(({ hex }) => hex).join(''), toHex(bytes));
  }
});

test.run();
