// SPDX-License-Identifier: Apache-2.0

/**
 * The server's end of CPNS-3 with all its PNEs: a handshake for each flow of a gateway, a session for each
 * PNE, found by the kid of its records. The flow says where answers go, never who is there.
 */
import { toHex } from '../bytes/hex.ts';
import type { CredentialStore } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import {
  Channel,
  decodeEndToEndMessage,
  type EndToEndChannel,
  encodeChannelMessage,
} from '../link/channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { decodeRoute, encodeRoute } from '../link/route.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { recordKid } from '../session/forms.ts';
import { type Acceptance, accept } from './acceptance.ts';
import { ConnectionIds } from './connection-ids.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';

export interface ServerInterfacesOptions {
  readonly endToEnd: InterfaceOptions;
  readonly after: After;
  onAgreed(agreement: Agreement): void;
  /** A message of a PNE, verified. What it refuses is reported. */
  onMessage(pneId: string, message: Uint8Array): void;
  onRefused(reason: ReasonName, pneId: string | undefined): void;
}

export interface ServerInterfaces {
  attachGateway(link: Link): LinkEvents;
  /**
   * Protects and sends a message to a PNE, where its last verified message came from, if anywhere. Where
   * that fails it is lost; what is refused is reported.
   */
  send(pneId: string, message: Uint8Array): void;
}

interface Peer {
  readonly pneId: string;
  readonly agreement: Agreement;
  route: Route | undefined;
}

interface Route {
  readonly gateway: Link;
  readonly flow: number;
}

export function createServerInterfaces(options: ServerInterfacesOptions): ServerInterfaces {
  const connectionIds = new ConnectionIds();
  const byKid = new Map<string, Peer>();
  const byId = new Map<string, Peer>();
  const own = { ...options.endToEnd, peers: named(options.endToEnd.peers) };

  function adopt(agreement: Agreement, route: Route): void {
    const pneId = agreement.peer.subject!;
    const former = byId.get(pneId);
    if (former !== undefined) forget(former.agreement);
    const peer: Peer = { pneId, agreement, route };
    byId.set(pneId, peer);
    byKid.set(toHex(agreement.connectionId), peer);
    options.onAgreed(agreement);
  }

  function forget({ channel, connectionId }: Agreement): void {
    channel.close();
    byKid.delete(toHex(connectionId));
    connectionIds.release(connectionId);
  }

  function acceptanceOn(gateway: Link, flow: number): Acceptance {
    return accept({
      own,
      attestation: () => PLAIN_STREAM,
      after: options.after,
      connectionIds,
      send: (message) => sendTo({ gateway, flow }, Channel.endToEndHandshake, message),
      onAgreed: (agreement) => adopt(agreement, { gateway, flow }),
      onRefused: (reason) => options.onRefused(reason, undefined),
    });
  }

  function receiveRecord(route: Route, record: Uint8Array): void {
    const peer = byKid.get(toHex(recordKid(record))) ?? refuse('kidUnknown');
    guard(peer.pneId, () => {
      const message = peer.agreement.channel.unprotect(record);
      peer.route = route;
      options.onMessage(peer.pneId, message);
    });
  }

  function guard(pneId: string | undefined, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      options.onRefused(error.reasonName, pneId);
    }
  }

  return {
    attachGateway(gateway: Link): LinkEvents {
      const flows = new Map<number, Acceptance>();

      function acceptanceFor(flow: number): Acceptance {
        const known = flows.get(flow);
        if (known !== undefined) return known;
        if (flows.size >= ImplementationLimits.serverMaxFlows) dropOldest();
        const acceptance = acceptanceOn(gateway, flow);
        flows.set(flow, acceptance);
        return acceptance;
      }

      function dropOldest(): void {
        const [oldest] = flows.entries();
        oldest![1].stop();
        flows.delete(oldest![0]);
      }

      return {
        onMessage: (bytes: Uint8Array) =>
          guard(undefined, () => {
            const { flow, message } = decodeRoute(bytes);
            const { channel, body } = decodeEndToEndMessage(message);
            if (channel === Channel.endToEndHandshake) acceptanceFor(flow).receive(body);
            else receiveRecord({ gateway, flow }, body);
          }),
        onClosed(): void {
          for (const acceptance of flows.values()) acceptance.stop();
          for (const peer of byId.values()) if (peer.route?.gateway === gateway) peer.route = undefined;
        },
      };
    },
    send(pneId: string, message: Uint8Array): void {
      guard(pneId, () => {
        const peer = byId.get(pneId);
        if (peer?.route === undefined) return;
        sendTo(peer.route, Channel.endToEndRecord, peer.agreement.channel.protect(message));
      });
    },
  };
}

/** A PNE is told by the subject of its credential: one without is not known here. */
function named(peers: CredentialStore): CredentialStore {
  return {
    candidates: (idCred) => peers.candidates(idCred).filter(({ subject }) => subject !== undefined),
  };
}

function sendTo({ gateway, flow }: Route, channel: EndToEndChannel, body: Uint8Array): void {
  gateway.send(encodeRoute(flow, encodeChannelMessage(channel, body)));
}
