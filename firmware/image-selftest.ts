// SPDX-License-Identifier: Apache-2.0

/** As image.ts, with the power-on self-test first. */
import { devicePayloads } from './device-payloads.ts';
import { openDeviceProvider } from './device-provider.ts';
import { reportAborts } from './platform/abort.ts';
import { printLine } from './platform/console.ts';
import { openStore } from './platform/store.ts';
import { startPne } from './pne.ts';
import { selfTest } from './selftest.ts';
import { streams } from './streams.ts';

// biome-ignore lint/style/noDefaultExport: Moddable's surface of a main module.
export default function main(): void {
  reportAborts();
  const provider = openDeviceProvider();
  selfTest({ provider, store: openStore('self-test'), print: printLine });
  startPne(provider, devicePayloads, streams);
}
