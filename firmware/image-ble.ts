// SPDX-License-Identifier: Apache-2.0

/** As image.ts, for a board whose gateway comes by Bluetooth LE. */
import { createNobleProvider } from '../src/crypto/noble/provider.ts';
import { refuse } from '../src/refusal.ts';
import { withRecords } from '../src/session/records.ts';
import { bluetooth } from './bluetooth.ts';
import { reportAborts } from './platform/abort.ts';
import { fillRandom } from './platform/random.ts';
import { startPne } from './pne.ts';

// biome-ignore lint/style/noDefaultExport: Moddable's surface of a main module.
export default function main(): void {
  reportAborts();
  startPne(
    withRecords(createNobleProvider(fillRandom)),
    bluetooth(() => refuse('notProvisioned')),
  );
}
