// SPDX-License-Identifier: Apache-2.0

/**
 * The PN GW: secures the hop to each of its PNEs (CPNS-1) and relays their end-to-end messages (CPNS-3)
 * between them and the CPNS Server. It holds no key of CPNS-3 and learns nothing of it but lengths, times
 * and flows. Its PNE links live as long as the server link: a PNE that loses its link keeps its readings,
 * so nothing has to be queued here.
 */
import { equalBytes } from '../bytes/compare.ts';
import type { Credential } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import { Channel, decodeEndToEndMessage, decodeHopMessage, encodeChannelMessage } from '../link/channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { decodeRoute, encodeRoute } from '../link/route.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { type Acceptance, accept } from './acceptance.ts';
import { ConnectionIds } from './connection-ids.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';

export interface GatewayOptions {
  /** CPNS-1, with whichever PNE the gateway has a credential of. */
  readonly hop: InterfaceOptions;
  readonly after: After;
  onAgreed(agreement: Agreement): void;
  /** A message was refused and dropped; `pneId` is known once the hop is secured. */
  onRefused(reason: ReasonName, pneId: string | undefined): void;
}

export interface Gateway {
  /** Adopts the link to the CPNS Server; a former one is closed. Returns what the link shall call. */
  attachServer(link: Link): LinkEvents;
  /** Adopts a PNE's link, or closes it at once: no server link, or too many PNEs. */
  attachPne(link: Link): LinkEvents;
}

/** One PNE link, numbered for the server. */
interface Flow {
  readonly number: number;
  readonly link: Link;
  readonly acceptance: Acceptance;
  hop: Agreement | undefined;
}

const IGNORE: LinkEvents = Object.freeze({ onMessage(): void {}, onClosed(): void {} });

export function createGateway(options: GatewayOptions): Gateway {
  const flows = new Map<number, Flow>();
  let nextFlow = 0;
  let server: Link | undefined;

  /** A hop whose keys are used up ends with its link: only the PNE can begin a handshake, on the next one. */
  function guard(flow: Flow | undefined, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      options.onRefused(error.reasonName, flow?.hop?.peer.subject);
      if (error.reasonName === 'keyLimitReached' || error.reasonName === 'sequenceExhausted') {
        flow?.link.close();
      }
    }
  }

  function openFlow(link: Link): Flow {
    const connectionIds = new ConnectionIds();
    const flow: Flow = {
      number: nextFlow,
      link,
      hop: undefined,
      acceptance: accept({
        own: { ...options.hop, peers: { candidates: (idCred) => candidatesOn(flow, idCred) } },
        attestation: () => link.attestation(),
        after: options.after,
        connectionIds,
        send: (message) => link.send(encodeChannelMessage(Channel.hopHandshake, message)),
        onAgreed(agreement): void {
          flow.hop?.channel.close();
          if (flow.hop !== undefined) connectionIds.release(flow.hop.connectionId);
          flow.hop = agreement;
          options.onAgreed(agreement);
        },
        onRefused: (reason) => options.onRefused(reason, flow.hop?.peer.subject),
      }),
    };
    nextFlow += 1;
    flows.set(flow.number, flow);
    return flow;
  }

  /** A link that one PNE has secured is that PNE's until it closes: no other takes its place. */
  function candidatesOn({ hop }: Flow, idCred: Uint8Array): readonly Credential[] {
    const candidates = options.hop.peers.candidates(idCred);
    if (hop === undefined) return candidates;
    return candidates.filter(({ cred }) => equalBytes(cred, hop.peer.cred));
  }

  function closeFlow(flow: Flow): void {
    flows.delete(flow.number);
    flow.acceptance.stop();
    flow.hop?.channel.close();
  }

  function receiveFromPne(flow: Flow, message: Uint8Array): void {
    const { channel, body } = decodeHopMessage(message);
    if (channel === Channel.hopHandshake) return flow.acceptance.receive(body);
    const hop = flow.hop ?? refuse('contextUnknown');
    const endToEnd = hop.channel.unprotect(body);
    decodeEndToEndMessage(endToEnd);
    server?.send(encodeRoute(flow.number, endToEnd));
  }

  function receiveFromServer(bytes: Uint8Array): void {
    const { flow: number, message } = decodeRoute(bytes);
    decodeEndToEndMessage(message);
    const flow = flows.get(number);
    guard(flow, () => {
      if (flow?.hop === undefined) return;
      flow.link.send(encodeChannelMessage(Channel.hopRecord, flow.hop.channel.protect(message)));
    });
  }

  return Object.freeze({
    attachServer(link: Link): LinkEvents {
      const former = server;
      server = link;
      former?.close();
      return {
        onMessage(message: Uint8Array): void {
          if (server === link) guard(undefined, () => receiveFromServer(message));
        },
        onClosed(): void {
          if (server !== link) return;
          server = undefined;
          for (const flow of [...flows.values()]) flow.link.close();
        },
      };
    },
    attachPne(link: Link): LinkEvents {
      if (server === undefined || flows.size >= ImplementationLimits.gatewayMaxPnes) {
        link.close();
        return IGNORE;
      }
      const flow = openFlow(link);
      return {
        onMessage: (message: Uint8Array) => guard(flow, () => receiveFromPne(flow, message)),
        onClosed: () => closeFlow(flow),
      };
    },
  });
}
