// SPDX-License-Identifier: Apache-2.0

/** What the page consists of, in words: headings, captions, and what is pressed. */
import type { Page } from 'playwright-core';

/** Of Debian. */
export const CHROMIUM = '/usr/bin/chromium';

const PARTS = 'h1, h2, caption, summary, label, th[scope=col], dialog h3, button';
/** Those that say which one it is, or what it is doing. */
const CHANGING = /^(Reading \d|everyone|switched on|its code|the gateway|paired|EDHOC|CPNS|shows|has joined)/;

/** Each once, in alphabetical order. */
export async function partsOf(page: Page): Promise<string[]> {
  const texts = await page.locator(PARTS).allTextContents();
  const parts = texts.map((text) => text.trim()).filter((text) => !CHANGING.test(text));
  return [...new Set(parts)].sort();
}
