// SPDX-License-Identifier: Apache-2.0

/** The page as a person sees it, in Debian's Chromium, with a network whose programs we play. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { qrModules } from '../../src/node/onboarding-qr.ts';
import { PageFeed } from '../../src/node/page/feed.ts';
import { servePage } from '../../src/node/page/server.ts';
import type { InterfaceView } from '../../src/node/page/state.ts';
import { buildPage } from '../build/page.ts';

const CHROMIUM = '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const OPEN = { token: 'the-token', actions: {} };
/** Of scripts, style and document, compressed. */
const BUDGET = 150_000;

const test = suite('the page in Chromium');
const files = await buildPage();
let browser: Browser;

const view = (pne: string, name: string): InterfaceView => ({
  name,
  from: pne,
  to: name === 'CPNS-1' ? 'gateway' : 'server',
  authentication: 'EDHOC method 3',
  integrity: 'AEAD 64-bit tag',
  confidentiality: 'AES-CCM-16-64-128',
  method: 3,
  suite: 2,
  handshakeBytes: 159,
  handshakeMessages: 4,
});

function networkOf(pnes: number) {
  const feed = new PageFeed('Personal network', () => 0);
  feed.add('gateway', 'gateway', 'Node');
  feed.add('server', 'server', 'Node');
  for (let index = 1; index <= pnes; index += 1) feed.add(`pne-${index}`, 'pne', 'linux, XS');
  return feed;
}

/** What its console says is a fault. */
async function look(url: string, options: Parameters<Browser['newPage']>[0] = {}) {
  const page = await browser.newPage(options);
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL('/', url).href)) faults.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  await page.waitForSelector('h1');
  return { page, faults };
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
    return (await axe.run()).violations.map(({ id }) => id);
  });
}

test.before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});
test.after(() => browser.close());

test('it is small', () => {
  const bytes = Object.values(files).reduce((sum, { content }) => sum + gzipSync(content).length, 0);
  assert.ok(bytes < BUDGET, `${bytes} bytes`);
});

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1200, 360])
    test(`a PNE joins and sends; nothing hinders whoever cannot see it (${colorScheme}, ${width} wide)`, async () => {
      const feed = networkOf(3);
      const listener = await servePage({ feed, files, ...OPEN, port: 0 });
      const viewport = { width, height: 800 };
      const { page, faults } = await look(`http://127.0.0.1:${listener.port}/#token=${OPEN.token}`, {
        colorScheme,
        viewport,
      });
      await page.waitForSelector('[data-pne="pne-1"].waiting');
      feed.code('pne-2', { text: 'PNE-2.CODE', rows: qrModules('PNE-2.CODE') });
      await page.locator('[data-pne="pne-2"] .code path').waitFor();
      for (const name of ['CPNS-1', 'CPNS-3']) feed.agreed(view('pne-1', name));
      feed.reading('pne-1', { temperature: 21.5 });
      feed.reading('pne-1', { temperature: 22 });
      feed.event('refused', 'pne-2', 'replay');
      const card = page.locator('[data-pne="pne-1"].secured');
      await card.locator('polyline').waitFor();
      assert.match((await card.textContent())!, /CPNS-3.*159 bytes.*temperature22/s);
      await page.locator('.events li.refused', { hasText: 'pne-2 replay' }).waitFor();
      assert.match((await page.locator('.picture').getAttribute('aria-label'))!, /3 PNEs, 1 of them secured/);
      assert.equal(await violations(page), []);
      const overflow = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
      assert.not.ok(overflow);
      assert.equal(faults, []);
      await page.close();
      await listener.close();
    });

test('a program that dies is told of, and one that comes back is shown anew', async () => {
  const first = await servePage({ feed: networkOf(1), files, ...OPEN, port: 0 });
  const { page } = await look(`http://127.0.0.1:${first.port}/#token=${OPEN.token}`);
  await page.waitForSelector('[role=status].live');
  await first.close();
  await page.waitForSelector('[role=status].away');
  const second = await servePage({ feed: networkOf(2), files, ...OPEN, port: first.port });
  await page.waitForSelector('[data-pne="pne-2"]', { timeout: 20_000 });
  await page.waitForSelector('[role=status].live');
  await page.close();
  await second.close();
});

test('a page that does not have the token of the run says where it is', async () => {
  const listener = await servePage({ feed: networkOf(1), files, ...OPEN, port: 0 });
  const at = `http://127.0.0.1:${listener.port}/`;
  const { page } = await look(at);
  await page.locator('[role=status].away', { hasText: 'open the address that it prints' }).waitFor();
  await page.goto(`${at}#token=${OPEN.token}`);
  await page.waitForSelector('[data-pne="pne-1"]');
  assert.is(page.url(), at);
  await page.reload();
  await page.waitForSelector('[data-pne="pne-1"]');
  await page.close();
  await listener.close();
});

test('64 PNEs that send all the time are shown, and the page still answers', async () => {
  const feed = networkOf(64);
  const listener = await servePage({ feed, files, ...OPEN, port: 0 });
  const { page, faults } = await look(`http://127.0.0.1:${listener.port}/#token=${OPEN.token}`);
  let number = 0;
  const sending = setInterval(() => {
    number += 1;
    for (let index = 1; index <= 64; index += 1) feed.reading(`pne-${index}`, { number });
  }, 50);
  await page.locator('.card polyline').nth(63).waitFor();
  feed.event('problem', undefined, 'something else');
  await page.getByLabel('refusals and problems alone').check();
  await page.locator('.events li', { hasText: 'something else' }).waitFor();
  clearInterval(sending);
  await page.locator('[data-pne="pne-64"] dd', { hasText: new RegExp(`^${number}$`) }).waitFor();
  assert.equal(faults, []);
  await page.close();
  await listener.close();
});

test.run();
