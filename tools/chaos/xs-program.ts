// SPDX-License-Identifier: Apache-2.0

/** One run inside XS, with the native provider of a device. */
import type { CryptoNatives } from '../../src/crypto/native/natives.ts';
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import type { SeededProviders } from './cryptography.ts';
import { type RunOptions, run } from './run.ts';

const PRIVATE_BYTES = 32;

/** Returns its verdict as JSON. */
export function runWith(natives: CryptoNatives, options: RunOptions): string {
  const providers: SeededProviders = (fillRandom) => {
    const native = createNativeProvider(natives);
    return {
      ...native,
      fillRandom,
      generateKey(curve) {
        const bytes = new Uint8Array(PRIVATE_BYTES);
        fillRandom(bytes);
        return native.privateKey(curve, bytes);
      },
    };
  };
  return JSON.stringify(run(options, providers));
}
