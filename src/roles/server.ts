// SPDX-License-Identifier: Apache-2.0

/**
 * The CPNS Server: answers the handshakes of its PNEs (CPNS-3), hands each verified reading over once, and
 * delivers contents one at a time. A record that does not verify is dropped without an answer.
 */
import { ImplementationLimits } from '../limits.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { createCborXPayloads } from '../payload/codec.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import { ReplayWindow } from '../session/replay.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';
import { decodeMessage, encodeMessage, type Message, MessageType } from './message.ts';
import { createServerInterfaces } from './server-interfaces.ts';
import { Status, type StatusCode } from './status.ts';

export interface ServerOptions {
  /** CPNS-3, with whichever PNE the server has a credential of; its subject is the PNE's id. */
  readonly endToEnd: InterfaceOptions;
  readonly after: After;
  /** Id of the first content: above every id this server used before, restarts included. */
  readonly firstContentId: number;
  onAgreed(agreement: Agreement): void;
  /** A PNE announced itself over a new link. */
  onRegistered(pneId: string): void;
  /** A verified reading: `payload` are its bytes (owned by the callee), `value` what they say. */
  onReading(pneId: string, id: number, payload: Uint8Array, value: unknown): void;
  /** A message was refused; `pneId` is known where its record named a known kid. */
  onRefused(reason: ReasonName, pneId: string | undefined): void;
}

export interface Server {
  /** Adopts a gateway's link. Returns what the link shall call. */
  attachGateway(link: Link): LinkEvents;
  /**
   * Queues a content for a PNE, which gets it when it is there. Refuses `queueFull`, and what src/payload
   * refuses.
   */
  deliver(pneId: string, value: unknown): void;
}

/** What is kept of a PNE from one session to the next. */
interface PeerState {
  readonly pneId: string;
  /** Ids of readings handed over. */
  readonly readings: ReplayWindow;
  /** Contents not receipted yet, oldest first; the first one is under way. */
  readonly contents: { readonly id: number; readonly message: Uint8Array }[];
  resends: number;
  resendTimer: RunningTimer | undefined;
}

export function createServer(options: ServerOptions): Server {
  const peers = new Map<string, PeerState>();
  const payloads = createCborXPayloads();
  let nextContentId = options.firstContentId;

  const interfaces = createServerInterfaces({
    ...options,
    onMessage: (pneId, bytes) => handle(peerOf(pneId), decodeMessage(bytes)),
  });

  function peerOf(pneId: string): PeerState {
    const known = peers.get(pneId);
    if (known !== undefined) return known;
    const peer: PeerState = {
      pneId,
      readings: new ReplayWindow(),
      contents: [],
      resends: 0,
      resendTimer: undefined,
    };
    peers.set(pneId, peer);
    return peer;
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

  /** The name inside the record must be the one that the handshake verified (no identity misbinding). */
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
      return payloads.decode(payload);
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
    peer.resends = 0;
    transmitContent(peer);
  }

  /** Sends it a few times until its receipt comes. After that it waits for the PNE to register anew. */
  function transmitContent(peer: PeerState): void {
    peer.resendTimer?.cancel();
    const content = peer.contents[0];
    if (content === undefined || peer.resends > ImplementationLimits.maxSilentResends) return;
    peer.resends += 1;
    peer.resendTimer = options.after(ImplementationLimits.receiptTimeoutMs, () => transmitContent(peer));
    send(peer, content.message);
  }

  function send({ pneId }: PeerState, message: Uint8Array): void {
    interfaces.send(pneId, message);
  }

  return Object.freeze({
    attachGateway: interfaces.attachGateway,
    deliver(pneId: string, value: unknown): void {
      const peer = peerOf(pneId);
      if (peer.contents.length >= ImplementationLimits.serverMaxQueuedContents) refuse('queueFull');
      const id = nextContentId;
      const message = encodeMessage({ type: MessageType.content, id, payload: payloads.encode(value) });
      nextContentId += 1;
      peer.contents.push({ id, message });
      if (peer.contents.length === 1) sendContent(peer);
    },
  });
}
