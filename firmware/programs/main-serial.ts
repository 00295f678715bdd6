// SPDX-License-Identifier: Apache-2.0

import { serials } from '../links/serials.ts';
/** The device program of a board with serial ports and native cryptography: boards/qemu-rv32. */
import { devicePayloads } from '../providers/device-payloads.ts';
import { openDeviceProvider } from '../providers/device-provider.ts';
import { startPne } from './pne.ts';

// biome-ignore lint/style/noDefaultExport: the host calls it, as Moddable does that of a main module.
export default function main(): void {
  startPne(openDeviceProvider(), devicePayloads, serials);
}
