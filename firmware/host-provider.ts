// SPDX-License-Identifier: Apache-2.0

/** Cryptography on a host that may have been built without the native provider (boards/linux). */
import { createNativeProvider } from '../src/crypto/native/provider.ts';
import { createNobleProvider } from '../src/crypto/noble/provider.ts';
import type { CryptoProvider } from '../src/crypto/provider.ts';
import { withRecords } from '../src/session/records.ts';
import { printLine } from './platform/console.ts';
import { cryptoNatives } from './platform/crypto.ts';
import { fillRandom } from './platform/random.ts';

/** The native provider where it is there. Else noble's, with a line on the console. */
export function openHostProvider(): CryptoProvider {
  const natives = cryptoNatives();
  if (natives !== undefined) return createNativeProvider(natives);
  printLine('crypto: no native provider in this host, noble instead');
  return withRecords(createNobleProvider(fillRandom));
}
