// SPDX-License-Identifier: Apache-2.0

import type { Link, LinkEvents } from '../../src/link/link.ts';
import { Refusal } from '../../src/refusal.ts';
import type { Life, Timeline } from './timeline.ts';
import type { Passage, Tap } from './wire.ts';

/** Joins a gateway to the routes of its server by way of an attacker, who has all that the gateway has. */
export function hostileRelay(
  timeline: Timeline,
  life: Life,
  tap: Tap,
  routes: Link,
  adopt: (link: Link) => LinkEvents,
): LinkEvents {
  let events: LinkEvents | undefined;
  const passage: Passage = {
    inject(message, from, inMs): void {
      timeline.in(inMs, life, () => {
        if (from === 0) events?.onMessage(message);
        else sendIfOpen(routes, message);
      });
    },
  };
  const relayed = adopt({
    ...routes,
    send(message): void {
      if (tap(passage, message.slice(), 1)) routes.send(message);
    },
  });
  events = relayed;
  return {
    onMessage(message): void {
      if (tap(passage, message.slice(), 0)) relayed.onMessage(message);
    },
    onClosed(): void {
      events = undefined;
      relayed.onClosed();
    },
  };
}

function sendIfOpen(link: Link, message: Uint8Array): void {
  try {
    link.send(message);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}
