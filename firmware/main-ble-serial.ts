// SPDX-License-Identifier: Apache-2.0

/** As main-serial.ts, for a gateway that comes by Bluetooth LE. */
import { bluetooth } from './bluetooth.ts';
import { devicePayloads } from './device-payloads.ts';
import { openDeviceProvider } from './device-provider.ts';
import { overFeed } from './feed-link.ts';
import { SIMULATED } from './platform/ble.ts';
import { startPne } from './pne.ts';

// biome-ignore lint/style/noDefaultExport: the host calls it, as Moddable does that of a main module.
export default function main(): void {
  startPne(openDeviceProvider(), devicePayloads, bluetooth(overFeed, SIMULATED));
}
