// SPDX-License-Identifier: Apache-2.0

/** A board with a network. */
import { streams } from '../links/streams.ts';
import { devicePayloads } from '../providers/device-payloads.ts';
import { openDeviceProvider } from '../providers/device-provider.ts';
import { startImage } from './start.ts';

// biome-ignore lint/style/noDefaultExport: what starts a board calls it.
export default function main(): void {
  startImage({
    link: 'stream',
    connections: streams,
    openProvider: openDeviceProvider,
    openPayloads: () => devicePayloads,
  });
}
