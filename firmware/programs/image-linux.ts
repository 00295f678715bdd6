// SPDX-License-Identifier: Apache-2.0

/** A process with a network, which may have no native cryptography. */
import { streams } from '../links/streams.ts';
import { hostPayloads } from '../providers/host-payloads.ts';
import { openHostProvider } from '../providers/host-provider.ts';
import { startImage } from './start.ts';
import { withUser } from './user.ts';

// biome-ignore lint/style/noDefaultExport: what starts a board calls it.
export default function main(): void {
  startImage({
    link: 'stream',
    ...withUser(streams),
    openProvider: openHostProvider,
    openPayloads: hostPayloads,
  });
}
