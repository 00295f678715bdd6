// SPDX-License-Identifier: Apache-2.0

import { toHex } from '../bytes/hex.ts';
import { ImplementationLimits } from '../limits.ts';
/**
 * The CPNS Server: finds a record's session by its kid, verifies it, hands each reading over once, and
 * delivers contents one at a time. Whatever fails to verify is dropped without an answer.
 */
import type { Link, LinkEvents } from '../link/link.ts';
import { decodeRoute, encodeRoute } from '../link/route.ts';
import { decodePayload, encodePayload } from '../payload/codec.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { recordKid } from '../session/record.ts';
import { ReplayWindow } from '../session/replay.ts';
import type { Session } from '../session/session.ts';
import { decodeMessage, encodeMessage, type Message, MessageType } from './message.ts';
import { Status, type StatusCode } from './status.ts';

/** A PNE that the server may hear from, and the session it has with it. */
export interface ServerPeer {
  readonly pneId: string;
  /** The PNE's sender id, as it stands in its records. */
  readonly kid: Uint8Array;
  readonly session: Session;
}

export interface ServerOptions {
  readonly peers: readonly ServerPeer[];
  /** A PNE announced itself over a new link. */
  onRegistered(pneId: string): void;
  /** A verified reading: `payload` are its bytes (owned by the callee), `value` what they say. */
  onReading(pneId: string, id: number, payload: Uint8Array, value: unknown): void;
  /** A message was refused; `pneId` is known where its record verified or named a known kid. */
  onRefused(reason: ReasonName, pneId: string | undefined): void;
}

export interface Server {
  /** Adopts a gateway's link. Returns what the link shall call. */
  attachGateway(link: Link): LinkEvents;
  /** Queues a content for a PNE. Refuses `kidUnknown`, `queueFull`, and what src/payload refuses. */
  deliver(pneId: string, value: unknown): void;
}

interface PeerState extends ServerPeer {
  /** Ids of readings handed over. */
  readonly readings: ReplayWindow;
  /** Contents not receipted yet, oldest first; the first one is under way. */
  readonly contents: { readonly id: number; readonly message: Uint8Array }[];
  nextContentId: number;
  /** Where the last verified record came from. */
  route: { readonly gateway: Link; readonly flow: number } | undefined;
}

export function createServer(options: ServerOptions): Server {
  const peersByKid = new Map<string, PeerState>();
  const peersById = new Map<string, PeerState>();
  for (const peer of options.peers) {
    const state: PeerState = {
      ...peer,
      readings: new ReplayWindow(),
      contents: [],
      nextContentId: 0,
      route: undefined,
    };
    peersByKid.set(toHex(peer.kid), state);
    peersById.set(peer.pneId, state);
  }

  function receive(gateway: Link, linkMessage: Uint8Array): void {
    let peer: PeerState | undefined;
    try {
      const { flow, body } = decodeRoute(linkMessage);
      peer = peersByKid.get(toHex(recordKid(body))) ?? refuse('kidUnknown');
      const plaintext = peer.session.unprotect(body);
      peer.route = { gateway, flow };
      handle(peer, decodeMessage(plaintext));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      options.onRefused(error.reasonName, peer?.pneId);
    }
  }

  function handle(peer: PeerState, message: Message): void {
    switch (message.type) {
      case MessageType.registration:
        return handleRegistration(peer, message.pneId);
      case MessageType.reading:
        return handleReading(peer, message.id, message.payload);
      case MessageType.receipt:
        return handleReceipt(peer, message.id);
      default:
        return refuse('messageInvalid');
    }
  }

  /** The name inside the record must be the one the session was made for (no identity misbinding). */
  function handleRegistration(peer: PeerState, pneId: string): void {
    if (pneId !== peer.pneId) refuse('messageInvalid');
    send(peer, encodeMessage({ type: MessageType.registered, status: Status.ok }));
    options.onRegistered(pneId);
    sendContent(peer);
  }

  function handleReading(peer: PeerState, id: number, payload: Uint8Array): void {
    if (!peer.readings.isFresh(id)) return sendReceipt(peer, id, Status.ok);
    const value = decodeOrReject(peer, id, payload);
    peer.readings.accept(id);
    options.onReading(peer.pneId, id, payload.slice(), value);
    sendReceipt(peer, id, Status.ok);
  }

  function decodeOrReject(peer: PeerState, id: number, payload: Uint8Array): unknown {
    try {
      return decodePayload(payload);
    } catch (error) {
      sendReceipt(peer, id, Status.badRequest);
      throw error;
    }
  }

  function handleReceipt(peer: PeerState, id: number): void {
    if (peer.contents[0]?.id !== id) return;
    peer.contents.shift();
    sendContent(peer);
  }

  function sendReceipt(peer: PeerState, id: number, status: StatusCode): void {
    send(peer, encodeMessage({ type: MessageType.receipt, id, status }));
  }

  function sendContent(peer: PeerState): void {
    const content = peer.contents[0];
    if (content !== undefined) send(peer, content.message);
  }

  function send(peer: PeerState, plaintext: Uint8Array): void {
    if (peer.route === undefined) return;
    peer.route.gateway.send(encodeRoute(peer.route.flow, peer.session.protect(plaintext)));
  }

  return Object.freeze({
    attachGateway(link: Link): LinkEvents {
      return {
        onMessage: (message: Uint8Array) => receive(link, message),
        onClosed(): void {
          for (const peer of peersById.values()) if (peer.route?.gateway === link) peer.route = undefined;
        },
      };
    },
    deliver(pneId: string, value: unknown): void {
      const peer = peersById.get(pneId) ?? refuse('kidUnknown');
      if (peer.contents.length >= ImplementationLimits.serverMaxQueuedContents) refuse('queueFull');
      const payload = encodePayload(value);
      const id = peer.nextContentId++;
      peer.contents.push({ id, message: encodeMessage({ type: MessageType.content, id, payload }) });
      if (peer.contents.length === 1) sendContent(peer);
    },
  });
}
