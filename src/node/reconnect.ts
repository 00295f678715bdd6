// SPDX-License-Identifier: Apache-2.0

import type { Link, LinkEvents } from '../link/link.ts';
import type { After, RunningTimer } from '../link/timer.ts';
/** Keeps a link to a server: a lost one is made again, after pauses that grow. */
import { NodeLimits } from '../node-limits.ts';

export interface ConnectionOptions {
  /** Tries once, and rejects where there is no link in the end. */
  connect(onLink: (link: Link) => LinkEvents): Promise<void>;
  /** Adopts each link. */
  onLink(link: Link): LinkEvents;
  readonly after: After;
  /** From 0 to below 1: spreads those who lost the same server. */
  random(): number;
}

export interface KeptConnection {
  /** Closes the link and makes no other. Safe to call twice. */
  close(): void;
}

/** The longest that a timer can take. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Until it is closed the process goes on, also without a server: there is no socket then, and timers do not count. */
export function keepConnected({ connect, onLink, after, random }: ConnectionOptions): KeptConnection {
  let failures = 0;
  let closed = false;
  let current: Link | undefined;
  /** To the next try, or while there is a link, to the moment when it has proved good. */
  let timer: RunningTimer | undefined;
  const alive = setInterval(() => {}, MAX_TIMER_MS);

  function start(): void {
    connect(adopt).catch(retry);
  }

  function adopt(link: Link): LinkEvents {
    current = link;
    timer = after(NodeLimits.reconnectMaxMs, () => {
      failures = 0;
    });
    const events = onLink(link);
    if (closed) link.close();
    return {
      onMessage: (message) => events.onMessage(message),
      onClosed(): void {
        current = undefined;
        events.onClosed();
        retry();
      },
    };
  }

  function retry(): void {
    timer?.cancel();
    if (closed) return;
    timer = after(pauseBefore(failures, random), start);
    failures += 1;
  }

  start();
  return {
    close(): void {
      closed = true;
      clearInterval(alive);
      timer?.cancel();
      current?.close();
    },
  };
}

/** How many milliseconds to wait for what has failed so often and once more: from half of the longest to all of it. */
export function pauseBefore(failures: number, random: () => number): number {
  const longest = Math.min(NodeLimits.reconnectFirstMs * 2 ** failures, NodeLimits.reconnectMaxMs);
  return (longest / 2) * (1 + random());
}
