// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../limits.ts';
/**
 * The PN GW: relays end-to-end bytes between its PNEs and the CPNS Server. It holds no key of CPNS-3
 * and learns nothing but lengths, times and flows. Its PNE links live as long as the server link: a PNE
 * that loses its link keeps its readings, so nothing has to be queued here.
 */
import { Channel, decodeChannelMessage, encodeChannelMessage } from '../link/channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { decodeRoute, encodeRoute } from '../link/route.ts';
import { type ReasonName, Refusal } from '../refusal.ts';

export interface GatewayOptions {
  /** A message was refused and dropped. */
  onRefused(reason: ReasonName): void;
}

export interface Gateway {
  /** Adopts the link to the CPNS Server; a former one is closed. Returns what the link shall call. */
  attachServer(link: Link): LinkEvents;
  /** Adopts a PNE's link, or closes it at once: no server link, or too many PNEs. */
  attachPne(link: Link): LinkEvents;
}

export function createGateway(options: GatewayOptions): Gateway {
  const flows = new Map<number, Link>();
  let nextFlow = 0;
  let server: Link | undefined;

  function guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      options.onRefused(error.reasonName);
    }
  }

  function relayToServer(flow: number, message: Uint8Array): void {
    const { body } = decodeChannelMessage(message);
    server?.send(encodeRoute(flow, body));
  }

  function relayToPne(message: Uint8Array): void {
    const { flow, body } = decodeRoute(message);
    flows.get(flow)?.send(encodeChannelMessage(Channel.endToEnd, body));
  }

  function closePnes(): void {
    for (const link of [...flows.values()]) link.close();
  }

  return Object.freeze({
    attachServer(link: Link): LinkEvents {
      const former = server;
      server = link;
      former?.close();
      return {
        onMessage: (message: Uint8Array) => guard(() => relayToPne(message)),
        onClosed(): void {
          if (server !== link) return;
          server = undefined;
          closePnes();
        },
      };
    },
    attachPne(link: Link): LinkEvents {
      const flow = nextFlow;
      const admitted = server !== undefined && flows.size < ImplementationLimits.gatewayMaxPnes;
      if (admitted) {
        nextFlow += 1;
        flows.set(flow, link);
      } else {
        link.close();
      }
      return {
        onMessage: (message: Uint8Array) => guard(() => relayToServer(flow, message)),
        onClosed(): void {
          if (admitted) flows.delete(flow);
        },
      };
    },
  });
}
