// SPDX-License-Identifier: Apache-2.0

/** As image-serial.ts, with the power-on self-test first. */
import { serials } from '../links/serials.ts';
import { reportAborts } from '../platform/abort.ts';
import { printLine } from '../platform/console.ts';
import { openStore } from '../platform/store.ts';
import { devicePayloads } from '../providers/device-payloads.ts';
import { openDeviceProvider } from '../providers/device-provider.ts';
import { selfTest } from '../selftest/selftest.ts';
import { startPne } from './pne.ts';

// biome-ignore lint/style/noDefaultExport: Moddable's surface of a main module.
export default function main(): void {
  reportAborts();
  const provider = openDeviceProvider();
  selfTest({ provider, store: openStore('self-test'), print: printLine });
  startPne(provider, devicePayloads, serials);
}
