// SPDX-License-Identifier: Apache-2.0

import { serials } from '../links/serials.ts';
import { reportAborts } from '../platform/abort.ts';
/** As image.ts, for a board whose gateway is at the other end of a serial line. */
import { devicePayloads } from '../providers/device-payloads.ts';
import { openDeviceProvider } from '../providers/device-provider.ts';
import { startPne } from './pne.ts';

// biome-ignore lint/style/noDefaultExport: Moddable's surface of a main module.
export default function main(): void {
  reportAborts();
  startPne(openDeviceProvider(), devicePayloads, serials);
}
