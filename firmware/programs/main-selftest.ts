// SPDX-License-Identifier: Apache-2.0

import { serials } from '../links/serials.ts';
import { printLine } from '../platform/console.ts';
import { openStore } from '../platform/store.ts';
/** As main-serial.ts, with the power-on self-test first. */
import { devicePayloads } from '../providers/device-payloads.ts';
import { openDeviceProvider } from '../providers/device-provider.ts';
import { selfTest } from '../selftest/selftest.ts';
import { startPne } from './pne.ts';

// biome-ignore lint/style/noDefaultExport: the host calls it, as Moddable does that of a main module.
export default function main(): void {
  const provider = openDeviceProvider();
  selfTest({ provider, store: openStore('self-test'), print: printLine });
  startPne(provider, devicePayloads, serials);
}
