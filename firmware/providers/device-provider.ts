// SPDX-License-Identifier: Apache-2.0

/** Cryptography of an image that has the native provider's C functions: what does not change lies in flash. */
import { createProvider } from '../../src/crypto/create-provider.ts';
import { nativeBackend } from '../../src/crypto/native/provider.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { bindCryptoNatives } from '../platform/crypto.ts';
import { bindRootKey } from '../platform/root-key.ts';

const backend = { ...nativeBackend(bindCryptoNatives()), rootKey: bindRootKey() };

/** Called when the device starts: a provider knows its secrets, and those are made in RAM. */
export function openDeviceProvider(): CryptoProvider {
  return createProvider(backend);
}
