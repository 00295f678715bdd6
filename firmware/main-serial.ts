// SPDX-License-Identifier: Apache-2.0

/** The device program of a board with serial ports and native cryptography: boards/qemu-rv32. */
import { createProvider } from '../src/crypto/create-provider.ts';
import { nativeBackend } from '../src/crypto/native/provider.ts';
import { bindCryptoNatives } from './platform/crypto.ts';
import { startPne } from './pne.ts';
import { serials } from './serials.ts';

const backend = nativeBackend(bindCryptoNatives());

// biome-ignore lint/style/noDefaultExport: the host calls it, as Moddable does that of a main module.
export default function main(): void {
  startPne(createProvider(backend), serials);
}
