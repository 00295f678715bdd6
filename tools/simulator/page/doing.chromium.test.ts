// SPDX-License-Identifier: Apache-2.0

/** What is done from the page, in Debian's Chromium, and which parts it has. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ActionFields } from '../../../src/node/page/actions.ts';
import type { TraceView } from '../../../src/node/page/trace/stage.ts';
import { AttackDesk } from '../attacks/desk.ts';
import { ATTACKS } from '../attacks/table.ts';
import { interfaceOf, Lookout, networkOf, OVERFLOWS, PHONE, violations } from './browser.testing.ts';
import { partsOf } from './parts.ts';

const TRACE: TraceView = {
  pne: 'pne-1',
  id: 7,
  together: 1,
  stages: [
    {
      name: 'record of CPNS-3',
      where: 'PNE to CPNS Server',
      length: 120,
      fields: [{ hex: '0f'.repeat(120), means: '120 bytes of ciphertext' }],
    },
  ],
  receipt: [],
};

const test = suite('what is done from the page in Chromium');
const lookout = new Lookout();

test.before(() => lookout.start());
test.after.each(() => lookout.clear());
test.after(() => lookout.end());

test('a question is answered by keys alone, and is gone once the program says so', async () => {
  const feed = networkOf(1);
  const asked: string[] = [];
  const answer =
    (name: string) =>
    ({ number }: ActionFields) => {
      asked.push(`${name} ${number}`);
      return 'done';
    };
  const { url } = await lookout.serve(feed, { consent: answer('consent'), refuse: answer('refuse') });
  const { page, faults } = await lookout.look(url, { viewport: PHONE });
  const text = 'bridge wants to read pne-1';
  feed.setQuestions([
    { number: 3, text, owner: undefined },
    { number: 4, text: 'panel wants to read pne-1', owner: 'pne-1' },
  ]);
  await page.locator('[data-question="4"]', { hasText: 'for pne-1 to answer' }).waitFor();
  assert.equal(await violations(page), []);
  assert.not.ok(await page.evaluate(OVERFLOWS));
  await page.getByLabel(`Consent: ${text}`).press('Enter');
  await page.locator('[data-question="3"] output', { hasText: 'done' }).waitFor();
  await page.getByLabel('Refuse: panel wants to read pne-1').press('Enter');
  await page.locator('[data-question="4"] output', { hasText: 'done' }).waitFor();
  assert.equal(asked, ['consent 3', 'refuse 4']);
  feed.setQuestions([]);
  await page.locator('[data-question]').first().waitFor({ state: 'detached' });
  assert.equal(faults, []);
});

test('PNEs are added, revoked, granted, removed and followed by keys alone, on a phone too', async () => {
  const feed = networkOf(1);
  const asked: string[] = [];
  const ask =
    (name: string, answer: unknown = 'done') =>
    (fields: ActionFields) => {
      asked.push([name, ...Object.values(fields)].join(' '));
      if (fields.name === 'taken') throw new Error('taken was in this run already');
      return answer;
    };
  const names = ['add', 'revoke', 'grant', 'remove', 'rekey'].map((name) => [name, ask(name)]);
  const actions = { ...Object.fromEntries(names), follow: ask('follow', TRACE) };
  const listener = await lookout.serve(feed, actions);
  const { page, faults } = await lookout.look(listener.url, {
    viewport: PHONE,
  });
  page.on('dialog', (dialog) => dialog.accept());
  feed.agreed(interfaceOf('pne-1', 'CPNS-3'));
  feed.reading('pne-1', { temperature: 21.5 }, 7);
  const members = [
    { id: 'pne-1', hasKey: true },
    { id: 'pne-2', hasKey: false },
  ];
  feed.setGroups([
    { reference: 2, name: 'everyone', kind: 'service group', owner: undefined, epoch: 3, rekeys: 2, members },
  ]);
  await page.locator('[data-group="2"]', { hasText: 'epoch 3' }).waitFor();

  await page.getByLabel('Name of a new PNE').focus();
  await page.keyboard.type('taken');
  await page.keyboard.press('Enter');
  await page.locator('.add output', { hasText: 'not done: taken was in this run already' }).waitFor();
  await page.getByLabel('Revoke pne-1').press('Enter');
  feed.figures('pne-1', { status: 'revoked' });
  await page.getByLabel('Grant pne-1').press('Enter');
  await page.getByLabel('Remove pne-1').press('Enter');
  await page.getByLabel('New key for everyone').press('Enter');
  await page.getByLabel('Follow the newest reading of pne-1').press('Enter');
  await page.locator('dialog .stages', { hasText: '120 bytes of ciphertext' }).waitFor();
  assert.equal(await violations(page), []);
  assert.not.ok(await page.evaluate(OVERFLOWS));
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.equal(await violations(page), []);
  assert.not.ok(await page.evaluate(OVERFLOWS));
  assert.equal(asked, [
    'add taken',
    'revoke pne-1',
    'grant pne-1',
    'remove pne-1',
    'rekey 2',
    'follow pne-1 7',
  ]);
  feed.remove('pne-1');
  await page.locator('[data-pne="pne-1"]').waitFor({ state: 'detached' });
  assert.equal(faults, []);
});

test('the page has the parts that the pictures in docs/page show', async () => {
  const feed = networkOf(1);
  feed.agreed(interfaceOf('pne-1', 'CPNS-3'));
  feed.step('pne-1', 'switched on');
  feed.air('pne-1', [{ stage: 'readings', pdus: 10, bytes: 300 }]);
  feed.reading('pne-1', 1, 7);
  const group = { reference: 2, name: 'everyone', kind: 'service group', owner: undefined };
  feed.setGroups([{ ...group, epoch: 1, rekeys: 0, members: [] }]);
  feed.attack(new AttackDesk(ATTACKS, () => undefined).views[0]!);
  const nothing = () => undefined;
  const offered = { add: nothing, revoke: nothing, grant: nothing, remove: nothing, rekey: nothing };
  const trace = { ...TRACE, receipt: TRACE.stages };
  const { url } = await lookout.serve(feed, { ...offered, follow: () => trace, attack: nothing });
  const { page } = await lookout.look(url);
  await page.locator('[data-group="2"]').waitFor();
  const parts = await partsOf(page);
  await page.getByLabel('Follow the newest reading of pne-1').click();
  await page.locator('dialog .stages').nth(1).waitFor();
  const all = [...new Set([...parts, ...(await partsOf(page))])].sort();
  const shown: unknown = JSON.parse(
    readFileSync(new URL('../../../docs/page/parts.json', import.meta.url), 'utf8'),
  );
  assert.equal(all, shown, 'npm run screenshots takes the pictures anew');
});

test('a program that offers nothing to do shows nothing to press', async () => {
  const feed = networkOf(1);
  feed.reading('pne-1', 1, 0);
  const listener = await lookout.serve(feed);
  const { page } = await lookout.look(listener.url);
  await page.waitForSelector('[data-pne="pne-1"]');
  assert.is(await page.locator('button').count(), 0);
});

test.run();
