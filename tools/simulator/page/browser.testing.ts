// SPDX-License-Identifier: Apache-2.0

/** Test code: Debian's Chromium, looking at a page whose program we play. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { PageActions } from '../../../src/node/page/actions.ts';
import { buildPage } from '../../../src/node/page/bundle.ts';
import { PageFeed } from '../../../src/node/page/feed.ts';
import { servePage } from '../../../src/node/page/server.ts';
import type { InterfaceView } from '../../../src/node/page/state.ts';
import type { Listener } from '../../../src/node/tcp.ts';
import { CHROMIUM } from './parts.ts';

export const TOKEN = 'the-token';
export const PHONE = Object.freeze({ width: 360, height: 800 });
export const OVERFLOWS = 'document.documentElement.scrollWidth > innerWidth';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const files = await buildPage();

/** What is open ends with its test, however that ends. */
export class Lookout {
  private readonly open: { close(): Promise<void> }[] = [];
  private browser: Browser | undefined;

  async start(): Promise<void> {
    this.browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }

  async clear(): Promise<void> {
    for (const each of this.open.splice(0)) await each.close();
  }

  async end(): Promise<void> {
    await this.browser?.close();
  }

  async serve(feed: PageFeed, actions: PageActions = {}, port = 0): Promise<{ url: string } & Listener> {
    const listener = await servePage({ feed, files, token: TOKEN, actions, port });
    this.open.push(listener);
    return { ...listener, url: `http://127.0.0.1:${listener.port}/#token=${TOKEN}` };
  }

  /** Opens it; `faults` is what its console says, and what it asks of others. */
  async look(url: string, options: Parameters<Browser['newPage']>[0] = {}) {
    const page = await this.browser!.newPage(options);
    this.open.push(page);
    const faults: string[] = [];
    page.on('pageerror', ({ message }) => faults.push(message));
    page.on('request', (request) => {
      if (!request.url().startsWith(new URL('/', url).href)) faults.push(`asks for ${request.url()}`);
    });
    await page.goto(url);
    await page.waitForSelector('h1');
    return { page, faults };
  }
}

/** What hinders whoever cannot see it, by axe. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
    return (await axe.run()).violations.map(({ id }) => id);
  });
}

export function interfaceOf(pne: string, name: string): InterfaceView {
  return {
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
  };
}

export function networkOf(pnes: number): PageFeed {
  const feed = new PageFeed('Personal network', () => 0);
  feed.add('gateway', 'gateway', 'Node');
  feed.add('server', 'server', 'Node');
  for (let index = 1; index <= pnes; index += 1) feed.add(`pne-${index}`, 'pne', 'linux, XS');
  return feed;
}
