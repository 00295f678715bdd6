// SPDX-License-Identifier: Apache-2.0

/** The page as a person sees it, in Debian's Chromium, with a network whose programs we play. */
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { qrModules } from '../../src/node/onboarding-qr.ts';
import { PageFeed } from '../../src/node/page/feed.ts';
import {
  files,
  interfaceOf,
  Lookout,
  networkOf,
  OVERFLOWS,
  TOKEN,
  violations,
} from './page/browser.testing.ts';

/** How many tasks of more than 50 ms there are in 3 s, and the longest: told, and not asserted, as machines differ. */
const LONG_TASKS = `new Promise((done) => {
  const tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ entryTypes: ['longtask'] });
  setTimeout(() => done([tasks.length, Math.max(0, ...tasks.map(({ duration }) => duration))]), 3000);
})`;
/** Of scripts, style and document, compressed. */
const BUDGET = 150_000;

const test = suite('the page in Chromium');
const lookout = new Lookout();

test.before(() => lookout.start());
test.after.each(() => lookout.clear());
test.after(() => lookout.end());

test('it is small', () => {
  const bytes = Object.values(files).reduce((sum, { content }) => sum + gzipSync(content).length, 0);
  assert.ok(bytes < BUDGET, `${bytes} bytes`);
});

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1200, 360])
    test(`a PNE joins and sends; nothing hinders whoever cannot see it (${colorScheme}, ${width} wide)`, async () => {
      const feed = networkOf(3);
      const listener = await lookout.serve(feed);
      const viewport = { width, height: 800 };
      const { page, faults } = await lookout.look(listener.url, {
        colorScheme,
        viewport,
      });
      await page.waitForSelector('[data-pne="pne-1"].waiting');
      feed.code('pne-2', { text: 'PNE-2.CODE', rows: qrModules('PNE-2.CODE') });
      await page.locator('[data-pne="pne-2"] .code path').waitFor();
      for (const name of ['CPNS-1', 'CPNS-3']) feed.agreed(interfaceOf('pne-1', name));
      feed.reading('pne-1', { temperature: 21.5 }, 0);
      feed.reading('pne-1', { temperature: 22 }, 0);
      feed.event('refused', 'pne-2', 'replay');
      const card = page.locator('[data-pne="pne-1"].secured');
      await card.locator('polyline').waitFor();
      assert.match((await card.textContent())!, /CPNS-3.*159 bytes.*temperature22/s);
      await page.locator('.events li.refused', { hasText: 'pne-2 replay' }).waitFor();
      assert.match((await page.locator('.picture').getAttribute('aria-label'))!, /3 PNEs, 1 of them secured/);
      assert.equal(await violations(page), []);
      assert.not.ok(await page.evaluate(OVERFLOWS));
      assert.equal(faults, []);
    });

test('a server is drawn with its gateways and external entities, and PNEs whose gateway it does not know', async () => {
  const feed = new PageFeed('CPNS Server', () => 0);
  feed.add('server', 'server', 'Node');
  for (const id of ['east', 'west']) feed.add(id, 'gateway', '');
  feed.add('pne-1', 'pne', '');
  feed.add('bridge', 'entity', 'external entity');
  for (const [name, from] of [
    ['CPNS-2', 'east'],
    ['CPNS-3', 'pne-1'],
    ['CPNS-5', 'bridge'],
  ] as const)
    feed.agreed({ ...interfaceOf(from, name), to: 'server' });
  const { url } = await lookout.serve(feed);
  const { page } = await lookout.look(url);
  const lines = page.locator('.picture line');
  await page.locator('.picture path.end-to-end').waitFor();
  assert.equal(
    await lines.evaluateAll((all) => all.map((each) => `${each.dataset.interface} ${each.classList}`)),
    ['CPNS-2 secured', 'CPNS-2 open', 'CPNS-5 secured'],
  );
  assert.equal(await page.locator('.picture text').allTextContents(), [
    'pne-1',
    'east',
    'west',
    'bridge',
    'CPNS Server',
  ]);
  assert.match(
    (await page.locator('.picture').getAttribute('aria-label'))!,
    /1 PNE, 1 of them secured, behind 2 PN GWs/,
  );
});

test('a program that dies is told of, and one that comes back is shown anew', async () => {
  const first = await lookout.serve(networkOf(1));
  const { page } = await lookout.look(first.url);
  await page.waitForSelector('[role=status].live');
  await first.close();
  await page.waitForSelector('[role=status].away');
  await lookout.serve(networkOf(2), {}, first.port);
  await page.waitForSelector('[data-pne="pne-2"]', { timeout: 20_000 });
  await page.waitForSelector('[role=status].live');
});

test('a page that does not have the token of the run says where it is', async () => {
  const listener = await lookout.serve(networkOf(1));
  const at = `http://127.0.0.1:${listener.port}/`;
  const { page } = await lookout.look(at);
  await page.locator('[role=status].away', { hasText: 'open the address that it prints' }).waitFor();
  await page.goto(`${at}#token=${TOKEN}`);
  await page.waitForSelector('[data-pne="pne-1"]');
  assert.is(page.url(), at);
  await page.reload();
  await page.waitForSelector('[data-pne="pne-1"]');
});

test('64 PNEs that send all the time are shown, and the page still answers', async () => {
  const feed = networkOf(64);
  const listener = await lookout.serve(feed);
  const { page, faults } = await lookout.look(listener.url);
  let number = 0;
  const tasks = page.evaluate(LONG_TASKS);
  const sending = setInterval(() => {
    number += 1;
    for (let index = 1; index <= 64; index += 1) feed.reading(`pne-${index}`, { number }, 0);
  }, 50);
  await page.locator('.card polyline').nth(63).waitFor();
  feed.event('problem', undefined, 'something else');
  await page.getByLabel('refusals and problems alone').check();
  await page.locator('.events li', { hasText: 'something else' }).waitFor();
  const [count, longest] = (await tasks) as [number, number];
  clearInterval(sending);
  console.log(`64 PNEs, 1,280 readings a second for 3 s: ${count} long tasks, the longest ${longest} ms`);
  await page.locator('[data-pne="pne-64"] dd', { hasText: new RegExp(`^${number}$`) }).waitFor();
  assert.equal(faults, []);
});

test.run();
