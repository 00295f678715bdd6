// SPDX-License-Identifier: Apache-2.0

/** As main-serial.ts, for a gateway that comes by Bluetooth LE. */
import { bluetooth } from '../links/bluetooth.ts';
import { overFeed } from '../links/feed-link.ts';
import { SIMULATED } from '../platform/ble.ts';
import { devicePayloads } from '../providers/device-payloads.ts';
import { openDeviceProvider } from '../providers/device-provider.ts';
import { startPne } from './pne.ts';

// biome-ignore lint/style/noDefaultExport: the host calls it, as Moddable does that of a main module.
export default function main(): void {
  startPne(openDeviceProvider(), devicePayloads, bluetooth(overFeed, SIMULATED));
}
