// SPDX-License-Identifier: Apache-2.0

import { Curve } from '../../src/crypto/curves.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { ccsCredential, encodeCcs, type Identity } from '../../src/handshake/credential.ts';

/** Somebody with a key of P-256. */
export function newIdentity(provider: CryptoProvider, subject: string, kid: number): Identity {
  const privateKey = provider.generateKey(Curve.P256);
  const { curve, publicKey } = privateKey;
  return {
    privateKey,
    credential: ccsCredential(encodeCcs({ curve, publicKey, kid: Uint8Array.of(kid) }, subject)),
  };
}
