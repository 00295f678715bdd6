// SPDX-License-Identifier: Apache-2.0

/** The page that writes an image, in Debian's Chromium: its Web Serial leads to a simulated chip. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PageFeed } from '../../../src/node/page/feed.ts';
import { servePage } from '../../../src/node/page/server.ts';
import { IMAGE, readImage } from '../../provision/images.ts';
import { provisioningIn } from '../../provision/partition.ts';
import { buildFolder, NVS, newDevice } from '../image.testing.ts';
import { imageIn } from '../image.ts';
import { SimulatedChip, type SimulatedChipOptions } from '../simulated-chip.testing.ts';
import { filesFor } from './files.ts';

const CHROMIUM = '/usr/bin/chromium';
const PATIENCE_MS = 90_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const test = suite('flash:web in Chromium');
const folder = buildFolder('esp32c3');
const files = await filesFor('esp32c3', 'pne-ble', imageIn(folder));
const serial = await bundled('simulated-serial.testing.ts');
let browser: Browser;

test.before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});
test.after(() => browser.close());

async function bundled(name: string): Promise<string> {
  const entryPoints = [fileURLToPath(new URL(name, import.meta.url))];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: 'iife', write: false });
  return outputFiles[0]!.text;
}

interface Opened {
  readonly page: Page;
  readonly chip: SimulatedChip;
  readonly faults: string[];
  close(): Promise<void>;
}

/** A page whose ports lead to a chip. Bytes go to it and come from it in order. */
async function open(options: Partial<SimulatedChipOptions> = {}): Promise<Opened> {
  const shown = { feed: new PageFeed('', () => 0), token: 'nobody has it', actions: {} };
  const listener = await servePage({ ...shown, files, port: 0 });
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  const url = `http://127.0.0.1:${listener.port}/`;
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) faults.push(`asks for ${request.url()}`);
  });
  let sending = Promise.resolve();
  const send = (bytes: Uint8Array) => {
    const push = () => page.evaluate(`simulated.take(${JSON.stringify([...bytes])})`);
    sending = sending.then(push).then(
      () => {},
      () => {},
    );
  };
  const chip = new SimulatedChip({ chip: 'ESP32-C3', ...options, send });
  await page.exposeFunction('simulatedWrite', (bytes: number[]) => chip.receive(Uint8Array.from(bytes)));
  await page.exposeFunction('simulatedLines', (dtr: boolean, rts: boolean) => chip.setLines({ dtr, rts }));
  await page.addInitScript(serial);
  await page.goto(url);
  await button(page).waitFor();
  const close = async () => {
    await page.close();
    await listener.close();
  };
  return { page, chip, faults, close };
}

function button(page: Page) {
  return page.getByRole('button', { name: 'Choose the port and write' });
}

function says(page: Page, text: string): Promise<void> {
  return page.getByText(text).first().waitFor();
}

test('an image and an identity are written and verified, and what the board says is shown', async () => {
  const { page, chip, faults, close } = await open({ greeting: '\u001b[32mpne-runtime\u001b[0m esp32c3' });
  const device = newDevice('pne-1');
  await page.setInputFiles('input[type=file]', join(device, IMAGE));
  await button(page).click();
  await says(page, 'written: the board starts');
  await page.getByText('pne-runtime esp32c3').waitFor();
  const done = await page.getByRole('listitem').allTextContents();
  assert.ok(done.includes('found an ESP32-C3'), done.join());
  assert.ok(done.includes('program: 40004 bytes written and verified'), done.join());
  assert.ok(done.includes('identity: 24576 bytes written and verified'), done.join());
  const application = readFileSync(join(folder, 'xs_esp32.bin'));
  assert.equal(Buffer.from(chip.flash.bytes.slice(0x10000, 0x10000 + application.length)), application);
  const store = chip.flash.bytes.slice(NVS.offset, NVS.offset + NVS.size);
  assert.equal(provisioningIn(store), readImage(join(device, IMAGE)));
  await page.evaluate('simulated.pull()');
  await says(page, 'the board went away: check cable and power');
  assert.ok(await button(page).isEnabled());
  assert.equal(faults, []);
  await close();
});

test('a board that is somebody else stays who it is, until that is asked for', async () => {
  const { page, chip, faults, close } = await open();
  const other = readFileSync(join(newDevice('pne-9'), IMAGE));
  chip.flash.write(NVS.offset, other);
  await page.setInputFiles('input[type=file]', join(newDevice('pne-1'), IMAGE));
  await button(page).click();
  await says(page, 'the board is pne-9 already: only with --replace does it become pne-1');
  assert.equal(Buffer.from(chip.flash.bytes.slice(NVS.offset, NVS.offset + other.length)), other);
  await page.getByLabel('--replace').check();
  await button(page).click();
  await says(page, 'written: the board starts');
  assert.equal(faults, []);
  await close();
});

test('what goes wrong is said with what to do', async () => {
  const { page, close } = await open({ chip: 'ESP32-S3' });
  await button(page).click();
  await says(page, 'the board has an ESP32-S3 and the image is for esp32c3');
  await page.evaluate('simulated.isRefused = true');
  await button(page).click();
  await says(page, 'no port was chosen');
  await close();
});

test('nothing hinders whoever cannot see the page, and it has no style or script of its own', async () => {
  const { page, close } = await open();
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
    return (await axe.run()).violations.map(({ id }) => id);
  });
  assert.equal(found, []);
  const html = String(files['/']!.content);
  assert.not.match(html, /<script(?![^>]* src=)|style=|<style| on\w+=/);
  await close();
});

test('a browser without Web Serial is told which has it', async () => {
  const listener = await servePage({
    feed: new PageFeed('', () => 0),
    token: 'nobody has it',
    actions: {},
    files,
    port: 0,
  });
  const page = await browser.newPage();
  await page.addInitScript("Object.defineProperty(navigator, 'serial', { value: undefined })");
  await page.goto(`http://127.0.0.1:${listener.port}/`);
  await says(page, 'this browser has no Web Serial: open the page in Chrome');
  assert.ok(await button(page).isDisabled());
  await page.close();
  await listener.close();
});

test.run();
