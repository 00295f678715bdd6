// SPDX-License-Identifier: Apache-2.0

/** Somebody on the way from a gateway to its server: the gateway connects to it, and it to the server. */
import type { Link, LinkEvents } from '../../../src/link/link.ts';
import type { Listener } from '../../../src/node/tcp.ts';
import { connectWebSocket, listenWebSocket } from '../../../src/node/websocket.ts';
import type { Ends, LinkTap } from './tap.ts';

/** Messages of a gateway that wait for the connection to its server: it says no more before it is answered. */
const MAX_WAITING = 8;

/** `server` is its URL. */
export function listenRelay(server: string, tap: LinkTap): Promise<Listener> {
  return listenWebSocket(0, (link) => relayed(link, server, tap));
}

function relayed(gateway: Link, url: string, tap: LinkTap): LinkEvents {
  const waiting: Uint8Array[] = [];
  let server: Link | undefined;
  let isClosed = false;
  const ends: Ends = {
    up(message): void {
      if (server !== undefined) server.send(message);
      else if (waiting.length < MAX_WAITING) waiting.push(message);
    },
    down: (message) => gateway.send(message),
  };
  const adopt = (link: Link): LinkEvents => {
    server = link;
    tap.lead(ends);
    for (const message of waiting.splice(0)) link.send(message);
    if (isClosed) link.close();
    return {
      onMessage: (message) => tap.pass(ends, message, 'down'),
      onClosed: () => gateway.close(),
    };
  };
  connectWebSocket(url, adopt).catch(() => gateway.close());
  return {
    onMessage: (message) => tap.pass(ends, message, 'up'),
    onClosed(): void {
      isClosed = true;
      server?.close();
    },
  };
}
