// SPDX-License-Identifier: Apache-2.0

import { sha256 } from '@noble/hashes/sha2.js';

/** SHA-256 over bytes that come in parts. */
export function createRunningSha256(): { update(bytes: Uint8Array): void; digest(): Uint8Array } {
  const hash = sha256.create();
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest(),
  };
}
