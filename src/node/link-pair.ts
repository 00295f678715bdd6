// SPDX-License-Identifier: Apache-2.0

import { PLAIN_STREAM } from '../link/attestation.ts';
import type { Link, LinkEvents } from '../link/link.ts';

export interface LinkEnd {
  readonly link: Link;
  join(events: LinkEvents): void;
}

/** Two ends in this process. What is sent comes later, never in the same call. */
export function linkPair(onClosed: () => void): [LinkEnd, LinkEnd] {
  const events: (LinkEvents | undefined)[] = [undefined, undefined];
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    setImmediate(() => {
      for (const each of events) each?.onClosed();
      onClosed();
    });
  };
  const end = (own: number): LinkEnd => ({
    link: {
      attestation: () => PLAIN_STREAM,
      close,
      send(message): void {
        const bytes = message.slice();
        setImmediate(() => isOpen && events[1 - own]?.onMessage(bytes));
      },
    },
    join(joined): void {
      events[own] = joined;
    },
  });
  return [end(0), end(1)];
}
