// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CPNS_IDS, checkDocument, checkDocuments, checkSpec } from './spec.ts';

const test = suite('check/spec');

const CHECKOUT = { exists: (path: string) => path === 'src/session/session.ts', scripts: ['bench'] };

for (const text of [
  'see `src/session/sessions.ts`',
  'npx tsx src/session/replay.test.ts',
  '[the rules](tools/check/rules.ts)',
  '| 5.2 | nonce | src/session/nonces.ts | | met |',
  'npm run benches',
  'cd /home/me/pne-runtime',
  'it lies in `/tmp/readings.csv`',
  'C:\\pne-runtime',
]) {
  test(`a document may not say: ${text}`, () => {
    assert.is(checkDocument(text, CHECKOUT).length, 1);
  });
}

for (const text of [
  'see `src/session/session.ts`.',
  'npm run bench -- --ops record',
  'https://example.org/src/other.ts and https://example.org/tmp/x',
  '$(MODDABLE)/tools/mcconfig',
  'either/or, 1/2, and the folder build/',
]) {
  test(`a document may say: ${text}`, () => {
    assert.equal(checkDocument(text, CHECKOUT), []);
  });
}

const HEADER = '| clause | what | code | test | status |\n| --- | --- | --- | --- | --- |\n';
const MET = '`src/a/a.ts` | `src/a/a.test.ts` | met |';
const IDS = CPNS_IDS.map((id) => `| ${id} | what | ${MET}`).join('\n');

test('a map with a row for every id is complete', () => {
  assert.equal(checkSpec(`${HEADER}${IDS}\n| 1 | x | | | missing |\n| 2 | x | | | not used |`), []);
});

for (const id of CPNS_IDS) {
  test(`a map without a row for ${id} is refused`, () => {
    const others = IDS.split('\n').filter((row) => !row.startsWith(`| ${id} |`));
    assert.equal(checkSpec(`${HEADER}${others.join('\n')}`), [`no row for ${id}`]);
    assert.equal(checkSpec(`${HEADER}${others.join('\n')}\n\n| ${id} | outside | ${MET}`).length, 1);
  });
}

for (const row of [
  '| 1 | x | | `src/a/a.test.ts` | met |',
  '| 1 | x | `src/a/a.ts` | | partial |',
  '| 1 | x | the session | its test | met |',
  '| 1 | x | `src/a/a.ts` | | missing |',
  '| 1 | x | `src/a/a.ts` | `src/a/a.test.ts` | done |',
  '| 1 | `src/a/a.ts` | `src/a/a.test.ts` | met |',
]) {
  test(`a row may not be: ${row}`, () => {
    assert.is(checkSpec(`${HEADER}${IDS}\n${row}`).length, 1);
  });
}

test('the documents of this checkout name only what is there', async () => {
  assert.equal(await checkDocuments(), []);
});

test.run();
