// SPDX-License-Identifier: Apache-2.0

/** A board whose gateway comes by Bluetooth LE, with NimBLE. */
import { refuse } from '../../src/refusal.ts';
import { bluetooth } from '../links/bluetooth.ts';
import { NIMBLE } from '../platform/nimble.ts';
import { devicePayloads } from '../providers/device-payloads.ts';
import { openDeviceProvider } from '../providers/device-provider.ts';
import { startImage } from './start.ts';

// biome-ignore lint/style/noDefaultExport: what starts a board calls it.
export default function main(): void {
  startImage({
    link: 'ble',
    connections: bluetooth(() => refuse('notProvisioned'), NIMBLE),
    openProvider: openDeviceProvider,
    openPayloads: () => devicePayloads,
  });
}
