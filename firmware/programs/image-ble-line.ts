// SPDX-License-Identifier: Apache-2.0

/** A simulated board whose Bluetooth LE stack is at the other end of a serial line, and its host of another. */
import { bluetooth } from '../links/bluetooth.ts';
import { overFeed } from '../links/feed-link.ts';
import { SIMULATED } from '../platform/ble.ts';
import { devicePayloads } from '../providers/device-payloads.ts';
import { openDeviceProvider } from '../providers/device-provider.ts';
import { startImage } from './start.ts';

// biome-ignore lint/style/noDefaultExport: what starts a board calls it.
export default function main(): void {
  startImage({
    link: 'ble',
    connections: bluetooth(overFeed, SIMULATED),
    openProvider: openDeviceProvider,
    openPayloads: () => devicePayloads,
  });
}
