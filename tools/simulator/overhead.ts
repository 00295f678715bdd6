// SPDX-License-Identifier: Apache-2.0

import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { createSession } from '../../src/session/session.ts';

/** Bytes that a first record under a 1-byte kid adds to its plaintext, measured on one. */
export function recordOverheadBytes(algorithm: number): number {
  const provider = createNodeProvider();
  const session = createSession(
    {
      provider,
      algorithm,
      masterSecret: provider.secret(new Uint8Array(16)),
      masterSalt: new Uint8Array(8),
      senderId: Uint8Array.of(0),
      recipientId: Uint8Array.of(1),
    },
    { firstSequenceNumber: 0, reserve(): void {} },
  );
  const plaintext = new Uint8Array(32);
  return session.protect(plaintext).length - plaintext.length;
}
