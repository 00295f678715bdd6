// SPDX-License-Identifier: Apache-2.0

/** The same, whose gateway comes by Bluetooth LE. */
import { bluetooth } from '../links/bluetooth.ts';
import { streams } from '../links/streams.ts';
import { SIMULATED } from '../platform/ble.ts';
import { hostPayloads } from '../providers/host-payloads.ts';
import { openHostProvider } from '../providers/host-provider.ts';
import { startImage } from './start.ts';
import { withUser } from './user.ts';

// biome-ignore lint/style/noDefaultExport: what starts a board calls it.
export default function main(): void {
  startImage({
    link: 'ble',
    ...withUser(bluetooth(streams.host, SIMULATED)),
    openProvider: openHostProvider,
    openPayloads: hostPayloads,
  });
}
