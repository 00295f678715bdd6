// SPDX-License-Identifier: Apache-2.0

/** Cryptography on a host that may have been built without the native provider (boards/linux). */
import { createProvider } from '../../src/crypto/create-provider.ts';
import { nativeBackend } from '../../src/crypto/native/provider.ts';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import type { CryptoProvider, Secret } from '../../src/crypto/provider.ts';
import { withRecords } from '../../src/session/records.ts';
import { printLine } from '../platform/console.ts';
import { cryptoNatives } from '../platform/crypto.ts';
import { fillRandom } from '../platform/random.ts';
import { bindRootKey } from '../platform/root-key.ts';
import { openStore } from '../platform/store.ts';

const ROOT_KEY_LENGTH = 32;

/** The native provider where it is there. Else noble's, with a line on the console. */
export function openHostProvider(): CryptoProvider {
  const natives = cryptoNatives();
  if (natives !== undefined) return createProvider({ ...nativeBackend(natives), rootKey: bindRootKey() });
  printLine('crypto: no native provider in this host, noble instead');
  const provider = createNobleProvider(fillRandom);
  return withRecords({ ...provider, rootKey: () => storedRootKey(provider) });
}

/** Without C keys lie in JavaScript, this one too. */
function storedRootKey(provider: CryptoProvider): Secret {
  const store = openStore('root');
  const stored = store.read('key');
  const bytes = stored ?? new Uint8Array(ROOT_KEY_LENGTH);
  if (stored === undefined) {
    provider.fillRandom(bytes);
    store.write('key', bytes);
  }
  const secret = provider.secret(bytes);
  bytes.fill(0);
  return secret;
}
