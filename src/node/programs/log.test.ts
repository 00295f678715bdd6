// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog, type LogForm } from './log.ts';

const test = suite('log');

function linesOf(form: LogForm, facts: Record<string, string | number>): string[] {
  const lines: string[] = [];
  createLog(
    form,
    (line) => lines.push(line),
    () => new Date(0),
  )('event', facts);
  return lines;
}

test('one line an event, as text and as JSON', () => {
  const facts = { pne: 'pne-1', count: 3 };
  assert.equal(linesOf('text', facts), ['1970-01-01T00:00:00.000Z event pne=pne-1 count=3\n']);
  assert.equal(linesOf('json', facts), [
    '{"time":"1970-01-01T00:00:00.000Z","event":"event","pne":"pne-1","count":3}\n',
  ]);
});

test('a name from outside adds no line, no fact and no colour', () => {
  for (const pne of ['a\n1970 event', 'a count=9', 'a\x1b[31m', 'a\u2028b', 'a\u009b31m', '', '"']) {
    const [text = '', ...others] = linesOf('text', { pne });
    assert.is(others.length, 0);
    assert.is(JSON.parse(text.slice(text.indexOf('pne=') + 4)), pne);
    const isPlain = (character: string) => character >= ' ' && !/[\x7f-\x9f\u2028]/.test(character);
    assert.ok([...text.slice(0, -1)].every(isPlain));
    assert.is(JSON.parse(linesOf('json', { pne })[0]!).pne, pne);
  }
});

test.run();
