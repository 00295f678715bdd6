// SPDX-License-Identifier: Apache-2.0

/** A board whose gateway is at the other end of a serial line. */
import { serials } from '../links/serials.ts';
import { devicePayloads } from '../providers/device-payloads.ts';
import { openDeviceProvider } from '../providers/device-provider.ts';
import { startImage } from './start.ts';

// biome-ignore lint/style/noDefaultExport: what starts a board calls it.
export default function main(): void {
  startImage({
    link: 'serial',
    connections: serials,
    openProvider: openDeviceProvider,
    openPayloads: () => devicePayloads,
  });
}
