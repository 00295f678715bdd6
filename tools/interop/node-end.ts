// SPDX-License-Identifier: Apache-2.0

import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { accepted, type End } from './end.ts';
import { createOwnEnd } from './own-end.ts';

/** Our end in this process. */
export function createNodeEnd(provider: CryptoProvider): End {
  const handle = createOwnEnd(provider);
  const name = `Node ${process.versions.node}, ${provider.name}`;
  return {
    name,
    ask: async (request) => accepted('Node', request, handle(request)),
    close: async () => undefined,
  };
}
