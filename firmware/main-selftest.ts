// SPDX-License-Identifier: Apache-2.0

/** As main-serial.ts, with the power-on self-test first. */
import { devicePayloads } from './device-payloads.ts';
import { openDeviceProvider } from './device-provider.ts';
import { printLine } from './platform/console.ts';
import { openStore } from './platform/store.ts';
import { startPne } from './pne.ts';
import { selfTest } from './selftest.ts';
import { serials } from './serials.ts';

// biome-ignore lint/style/noDefaultExport: the host calls it, as Moddable does that of a main module.
export default function main(): void {
  const provider = openDeviceProvider();
  selfTest({ provider, store: openStore('self-test'), print: printLine });
  startPne(provider, devicePayloads, serials);
}
