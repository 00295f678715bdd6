// SPDX-License-Identifier: Apache-2.0

/** The benchmark of the boards linux and qemu-rv32. */
import { startDeviceBench } from './device.ts';

// biome-ignore lint/style/noDefaultExport: the host calls it, as Moddable does that of a main module.
export default function main(): void {
  startDeviceBench();
}
