// SPDX-License-Identifier: Apache-2.0

/** Our end inside XS: requests come and answers go as JSON in the frames of a link. */
import { decodeUtf8, encodeUtf8 } from '../../src/bytes/utf8.ts';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import type { FillRandom } from '../../src/crypto/provider.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { withRecords } from '../../src/session/records.ts';
import type { Request } from './end.ts';
import { createOwnEnd } from './own-end.ts';

export function serveOwnEnd(link: Link, fillRandom: FillRandom): LinkEvents {
  const handle = createOwnEnd(withRecords(createNobleProvider(fillRandom)));
  return {
    onMessage: (bytes) => {
      const request = JSON.parse(decodeUtf8(bytes)) as Request;
      link.send(encodeUtf8(JSON.stringify(handle(request))));
    },
    onClosed: () => undefined,
  };
}
