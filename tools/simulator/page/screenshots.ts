// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run screenshots`: takes the pictures of README.md from a real run, and notes which parts the page had. The tests
 * compare the parts (tools/simulator/page/doing.chromium.test.ts).
 */
import { spawn } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Page } from 'playwright-core';
import { ROOT } from '../../build/bundle.ts';
import { endWithUs } from '../ending.ts';
import { CHROMIUM, partsOf } from './parts.ts';

const FOLDER = join(ROOT, 'docs/page');
const VIEWPORT = Object.freeze({ width: 1000, height: 800 });
/** Attacks say much. */
const LOW = Object.freeze({ width: 1000, height: 620 });
const MAX_BYTES = 150_000;
const PATIENCE_MS = 120_000;
/** Until charts have something to show. */
const READINGS_MS = 20_000;

async function take(page: Page, name: string): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  const { size } = statSync(path);
  if (size > MAX_BYTES) throw new Error(`${path} has ${size} bytes: ${MAX_BYTES} is the most`);
  console.log(`${path}  ${size} bytes`);
}

async function takeAll(page: Page): Promise<void> {
  const parts: string[] = [];
  const note = async () => void parts.push(...(await partsOf(page)));
  await page.locator('.card.secured').nth(2).waitFor();
  await page.waitForTimeout(READINGS_MS);
  await note();
  await take(page, 'network');
  await page.getByLabel('Follow the newest reading of pne-1').click();
  await page.locator('dialog .stages').nth(1).waitFor();
  await note();
  await take(page, 'reading');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Launch all' }).click();
  await page.locator('.attack').last().and(page.locator('.refused')).waitFor();
  await page.getByText(/^(\d+) of \1 refused$/).waitFor();
  await page.setViewportSize(LOW);
  await page.locator('#attacks').evaluate((heading: { scrollIntoView(): void }) => heading.scrollIntoView());
  await take(page, 'attacks');
  const all = [...new Set(parts)].sort();
  writeFileSync(join(FOLDER, 'parts.json'), `${JSON.stringify(all, null, 2)}\n`);
}

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const run = spawn('npx', ['tsx', 'tools/simulator/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  endWithUs(run);
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: run.stdout }).on('line', (line) => {
      const [, address] = /^look at it: (\S+)/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: VIEWPORT, colorScheme: 'light' });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(url);
    await takeAll(page);
  } finally {
    await browser.close();
    process.kill(-run.pid!, 'SIGINT');
  }
}

await main();
