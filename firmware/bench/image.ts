// SPDX-License-Identifier: Apache-2.0

/** The benchmark as an image of the Moddable SDK, which prints its figures at the console. */
import { reportAborts } from '../platform/abort.ts';
import { startDeviceBench } from './device.ts';

// biome-ignore lint/style/noDefaultExport: Moddable's surface of a main module.
export default function main(): void {
  reportAborts();
  startDeviceBench();
}
