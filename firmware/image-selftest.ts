// SPDX-License-Identifier: Apache-2.0

/** As image.ts, with the power-on self-test first. */
import { createNobleProvider } from '../src/crypto/noble/provider.ts';
import { withRecords } from '../src/session/records.ts';
import { reportAborts } from './platform/abort.ts';
import { printLine } from './platform/console.ts';
import { fillRandom } from './platform/random.ts';
import { openStore } from './platform/store.ts';
import { startPne } from './pne.ts';
import { selfTest } from './selftest.ts';
import { streams } from './streams.ts';

// biome-ignore lint/style/noDefaultExport: Moddable's surface of a main module.
export default function main(): void {
  reportAborts();
  const provider = withRecords(createNobleProvider(fillRandom));
  selfTest({ provider, store: openStore('pne'), print: printLine });
  startPne(provider, streams);
}
