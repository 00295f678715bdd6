// SPDX-License-Identifier: Apache-2.0

/** Everything of ours that peer.py has the other end of. Portable: it also runs inside XS. */
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { decodeItem, encodeItem } from '../../src/cbor/item.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { Refusal } from '../../src/refusal.ts';
import { EdhocEnd } from './edhoc-end.ts';
import type { Request, Values } from './end.ts';
import { grantSteps } from './grant-end.ts';
import { createRecordEnd } from './record-end.ts';

/** Returns a function that does one step. A refusal is answered as `refused`. */
export function createOwnEnd(provider: CryptoProvider): (request: Request) => Values {
  const records = createRecordEnd(provider);
  const edhoc = new EdhocEnd(provider, records);
  const steps: Readonly<Record<string, (request: Values) => Values>> = {
    identity: (request) => edhoc.identity(request),
    trust: (request) => edhoc.trust(request),
    message1: (request) => edhoc.message1(request),
    message2: (request) => edhoc.message2(request),
    message3: (request) => edhoc.message3(request),
    message4: (request) => edhoc.message4(request),
    conclude: (request) => edhoc.conclude(request),
    finish: (request) => edhoc.finish(request),
    confirm: (request) => edhoc.confirm(request),
    exported: () => edhoc.exported(),
    updated: (request) => edhoc.updated(request),
    session: (request) => edhoc.session(request),
    ...records.steps,
    ...grantSteps(provider),
    reencode: ({ item }) => ({ item: toHex(encodeItem(decodeItem(fromHex(item!)))) }),
  };
  return (request) => {
    try {
      return steps[request.do]!(request);
    } catch (error) {
      if (error instanceof Refusal) return { refused: error.reasonName };
      throw error;
    }
  };
}
