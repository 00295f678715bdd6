// SPDX-License-Identifier: Apache-2.0

/** As image-serial.ts, with a line for each check that has passed, and with those of the board's store and stack. */
import { serials } from '../links/serials.ts';
import { openStore } from '../platform/store.ts';
import { devicePayloads } from '../providers/device-payloads.ts';
import { openDeviceProvider } from '../providers/device-provider.ts';
import { boardTest } from '../selftest/board-test.ts';
import { selfTest } from '../selftest/selftest.ts';
import { say } from './journal.ts';
import { startImage } from './start.ts';

// biome-ignore lint/style/noDefaultExport: what starts a board calls it.
export default function main(): void {
  const sayPassed = (check: string) => say(`self-test ${check} ok`);
  startImage({
    link: 'serial',
    connections: serials,
    openProvider: openDeviceProvider,
    openPayloads: () => devicePayloads,
    testMore: (provider) =>
      selfTest(provider, sayPassed) ?? boardTest(provider, openStore('self-test'), sayPassed),
  });
}
