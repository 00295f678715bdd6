// SPDX-License-Identifier: Apache-2.0

/** As image.ts, for a board whose gateway comes by Bluetooth LE. */
import { refuse } from '../../src/refusal.ts';
import { bluetooth } from '../links/bluetooth.ts';
import { reportAborts } from '../platform/abort.ts';
import { NIMBLE } from '../platform/nimble.ts';
import { devicePayloads } from '../providers/device-payloads.ts';
import { openDeviceProvider } from '../providers/device-provider.ts';
import { startPne } from './pne.ts';

// biome-ignore lint/style/noDefaultExport: Moddable's surface of a main module.
export default function main(): void {
  reportAborts();
  startPne(
    openDeviceProvider(),
    devicePayloads,
    bluetooth(() => refuse('notProvisioned'), NIMBLE),
  );
}
