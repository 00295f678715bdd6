// SPDX-License-Identifier: Apache-2.0

/** The device program of a board with serial ports and native cryptography: boards/qemu-rv32. */
import { devicePayloads } from './device-payloads.ts';
import { openDeviceProvider } from './device-provider.ts';
import { startPne } from './pne.ts';
import { serials } from './serials.ts';

// biome-ignore lint/style/noDefaultExport: the host calls it, as Moddable does that of a main module.
export default function main(): void {
  startPne(openDeviceProvider(), devicePayloads, serials);
}
