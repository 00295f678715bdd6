// SPDX-License-Identifier: Apache-2.0

import { streams } from '../links/streams.ts';
import { reportAborts } from '../platform/abort.ts';
/**
 * The device program as a Moddable image: the bodies of its modules run on the build machine and what they
 * made lies in flash. XS calls the default export when the board starts.
 */
import { devicePayloads } from '../providers/device-payloads.ts';
import { openDeviceProvider } from '../providers/device-provider.ts';
import { startPne } from './pne.ts';

// biome-ignore lint/style/noDefaultExport: Moddable's surface of a main module.
export default function main(): void {
  reportAborts();
  startPne(openDeviceProvider(), devicePayloads, streams);
}
