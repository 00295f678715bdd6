// SPDX-License-Identifier: Apache-2.0

/** The attack panel in Debian's Chromium, on the page of a run, with PNEs on XS. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Run } from '../process.testing.ts';
import { ATTACKS } from './table.ts';

const CHROMIUM = '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PATIENCE_MS = 120_000;

const test = suite('the attack panel in Chromium');
const folder = mkdtempSync(join(tmpdir(), 'pne-test-'));
let browser: Browser;
let run: Run;
let url = '';

test.before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  run = new Run(['--interval', '100', '--pnes', '2'], { env: { TMPDIR: folder } });
  const address = () => run.stdout.match(/look at it: (\S+)/)?.[1];
  await run.until(() => address() !== undefined, 'a page');
  url = address()!;
});

test.after(async () => {
  run.child.kill('SIGINT');
  await run.ended;
  await browser.close();
  rmSync(folder, { recursive: true });
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
    return (await axe.run()).violations.map(({ id }) => id);
  });
}

test('another site launches nothing, and this one no attack that there is not', async () => {
  const [base, token] = url.split('/#token=');
  const ask = (headers: Record<string, string>, name = 'flip') =>
    fetch(`${base}/actions/attack`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: base!, ...headers },
      body: JSON.stringify({ name }),
    });
  const authorization = `Bearer ${token}`;
  assert.is((await ask({})).status, 401);
  assert.is((await ask({ authorization, origin: 'http://127.0.0.1:1' })).status, 403);
  assert.is((await ask({ authorization })).status, 200);
  const unknown = await ask({ authorization }, 'another');
  assert.is(unknown.status, 422);
  assert.match(await unknown.text(), /no attack another/);
});

test('every attack is launched by a click or a key, waits for its turn, and is shown as refused', async () => {
  const page = await browser.newPage({ viewport: { width: 360, height: 800 } });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  for (const [index, { title }] of ATTACKS.entries()) {
    const button = page.getByRole('button', { name: `Launch: ${title}`, exact: true });
    if (index % 2 === 0) await button.click();
    else await button.press('Enter');
  }
  for (const { name } of ATTACKS) {
    const card = page.locator(`[data-attack="${name}"].refused`);
    await card.getByText('Without the protection it works').waitFor();
    assert.match(
      (await card.textContent())!,
      /(refused: \w+ \(\d+\)|in vain).*SPEC\.md, .* 0 lost, 0 doubled, 0 altered/s,
    );
  }
  await page.getByText(`${ATTACKS.length} of ${ATTACKS.length} refused`).waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    assert.equal(await violations(page), []);
  }
  assert.not.ok(await page.evaluate('document.documentElement.scrollWidth > innerWidth'));
  await page.close();
});

test.run();
