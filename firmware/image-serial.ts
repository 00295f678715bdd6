// SPDX-License-Identifier: Apache-2.0

/** As image.ts, for a board whose gateway is at the other end of a serial line. */
import { createNobleProvider } from '../src/crypto/noble/provider.ts';
import { withRecords } from '../src/session/records.ts';
import { reportAborts } from './platform/abort.ts';
import { fillRandom } from './platform/random.ts';
import { startPne } from './pne.ts';
import { serials } from './serials.ts';

// biome-ignore lint/style/noDefaultExport: Moddable's surface of a main module.
export default function main(): void {
  reportAborts();
  startPne(withRecords(createNobleProvider(fillRandom)), serials);
}
