// SPDX-License-Identifier: Apache-2.0

/** As main-serial.ts, with the power-on self-test first. */
import { createProvider } from '../src/crypto/create-provider.ts';
import { nativeBackend } from '../src/crypto/native/provider.ts';
import { printLine } from './platform/console.ts';
import { bindCryptoNatives } from './platform/crypto.ts';
import { openStore } from './platform/store.ts';
import { startPne } from './pne.ts';
import { selfTest } from './selftest.ts';
import { serials } from './serials.ts';

const backend = nativeBackend(bindCryptoNatives());

// biome-ignore lint/style/noDefaultExport: the host calls it, as Moddable does that of a main module.
export default function main(): void {
  const provider = createProvider(backend);
  selfTest({ provider, store: openStore('pne'), print: printLine });
  startPne(provider, serials);
}
