// SPDX-License-Identifier: Apache-2.0

import { PLAIN_STREAM } from '../../src/link/attestation.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';

/** Messages that are under way on all links, in the order in which they were sent, and whom they go to. */
let underWay: { readonly to: LinkEvents; readonly message: Uint8Array }[] = [];
let isMoving = false;

/** Links two ends in this process. What is sent comes later, never in the same call, and in turns of the event loop. */
export function joinInMemory(first: (link: Link) => LinkEvents, second: (link: Link) => LinkEvents): void {
  const ends: LinkEvents[] = [];
  const linkTo = (peer: number): Link => ({
    attestation: () => PLAIN_STREAM,
    atTurnEnd: setImmediate,
    close(): void {},
    send(message): void {
      underWay.push({ to: ends[peer]!, message });
      if (!isMoving) setImmediate(move);
      isMoving = true;
    },
  });
  ends[0] = first(linkTo(1));
  ends[1] = second(linkTo(0));
}

function move(): void {
  isMoving = false;
  const moving = underWay;
  underWay = [];
  for (const { to, message } of moving) to.onMessage(message);
}
