// SPDX-License-Identifier: Apache-2.0

/**
 * A PNE's two interfaces, one inside the other: CPNS-1 with the gateway on the link, CPNS-3 with the CPNS
 * Server through the hop. The hop is secured anew on each link; CPNS-3 outlives it. A handshake that fails
 * closes the link, whichever it was: on the next one both ends start from what they know for sure.
 */
import { PLAIN_STREAM } from '../link/attestation.ts';
import { Channel, decodeEndToEndMessage, decodeHopMessage, encodeChannelMessage } from '../link/channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { protectNested, unprotectNested } from '../session/nested.ts';
import { type Initiation, initiate } from './initiation.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';

export interface PneInterfacesOptions {
  readonly hop: InterfaceOptions;
  readonly endToEnd: InterfaceOptions;
  readonly after: After;
  onAgreed(agreement: Agreement): void;
  onRefused(reason: ReasonName): void;
  /** Both interfaces are secured, at least one of them anew: messages pass. */
  onReady(): void;
  /** A message of the server, verified. What it refuses is reported. */
  onMessage(message: Uint8Array): void;
  /** The link is gone. */
  onLost(): void;
}

export interface PneInterfaces {
  /** Whether `send` reaches the network. */
  readonly ready: boolean;
  /** Adopts a link; a former one is closed. Returns what the link shall call. */
  attach(link: Link): LinkEvents;
  /** Protects and sends a message to the server. Where that fails it is lost; what needs an answer repeats. */
  send(message: Uint8Array): void;
  /** Ends the keys of CPNS-3 and runs its handshake anew. */
  renew(): void;
}

export function createPneInterfaces(options: PneInterfacesOptions): PneInterfaces {
  let link: Link | undefined;
  let hop: Agreement | undefined;
  let endToEnd: Agreement | undefined;
  let hopInitiation: Initiation | undefined;
  let endToEndInitiation: Initiation | undefined;

  function guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      options.onRefused(error.reasonName);
      if (error.reasonName === 'keyLimitReached' || error.reasonName === 'sequenceExhausted') renewKeys();
    }
  }

  /**
   * Limits that end one interface's keys end the other's soon: both are renewed, the outer one first. More
   * refusals of the same kind, which an attacker may cause, leave the handshake under way alone.
   */
  function renewKeys(): void {
    closeEndToEnd();
    if (link !== undefined && hopInitiation === undefined) startHop(link);
  }

  /** Makes new keys while the old still serve. What passes between the two is repeated if it is lost. */
  function renewInTime(): void {
    if (link !== undefined && hop?.channel.renewalDue && hopInitiation === undefined) startHop(link);
    else if (endToEnd?.channel.renewalDue && endToEndInitiation === undefined) startEndToEnd();
  }

  function startHop(current: Link): void {
    hopInitiation = initiate({
      own: options.hop,
      attestation: () => current.attestation(),
      after: options.after,
      send: (message) => sendOnLink(Channel.hopHandshake, message),
      onAgreed(agreement): void {
        hopInitiation = undefined;
        hop?.channel.close();
        hop = agreement;
        options.onAgreed(agreement);
        if (endToEnd === undefined) startEndToEnd();
        else options.onReady();
      },
      onFailed: () => current.close(),
      onRefused: options.onRefused,
    });
  }

  function startEndToEnd(): void {
    if (hop === undefined) return;
    endToEndInitiation?.stop();
    endToEndInitiation = initiate({
      own: options.endToEnd,
      attestation: () => PLAIN_STREAM,
      after: options.after,
      send: sendOnHop,
      onAgreed(agreement): void {
        endToEndInitiation = undefined;
        closeEndToEnd();
        endToEnd = agreement;
        options.onAgreed(agreement);
        options.onReady();
      },
      onFailed: () => link?.close(),
      onRefused: options.onRefused,
    });
  }

  function closeEndToEnd(): void {
    endToEnd?.channel.close();
    endToEnd = undefined;
  }

  function sendOnLink(
    channel: typeof Channel.hopHandshake | typeof Channel.hopRecord,
    body: Uint8Array,
  ): void {
    guard(() => link?.send(encodeChannelMessage(channel, body)));
  }

  function sendOnHop(handshakeMessage: Uint8Array): void {
    guard(() => {
      if (hop === undefined) return;
      const message = encodeChannelMessage(Channel.endToEndHandshake, handshakeMessage);
      sendOnLink(Channel.hopRecord, hop.channel.protect(message));
    });
  }

  function sendEndToEnd(message: Uint8Array): void {
    if (hop === undefined || endToEnd === undefined) return;
    const { hopRecord, endToEndRecord } = Channel;
    link?.send(protectNested(hop.channel, hopRecord, endToEnd.channel, endToEndRecord, message));
  }

  function receive(message: Uint8Array): void {
    if (message[0] !== Channel.hopRecord) return receiveHandshake(message);
    if (message.length === 1) refuse('frameInvalid');
    const { channel } = hop ?? refuse('contextUnknown');
    const { endToEndRecord } = Channel;
    const received = unprotectNested(channel, message, endToEnd?.channel, endToEndRecord, receiveOnHop);
    if (received !== undefined) options.onMessage(received);
  }

  function receiveHandshake(message: Uint8Array): void {
    hopInitiation?.receive(decodeHopMessage(message).body);
  }

  /** What is in a record of the hop, and no record that can be opened. */
  function receiveOnHop(message: Uint8Array): void {
    const { channel, body } = decodeEndToEndMessage(message);
    if (channel !== Channel.endToEndHandshake) refuse('contextUnknown');
    endToEndInitiation?.receive(body);
  }

  function detach(): void {
    hopInitiation?.stop();
    hopInitiation = undefined;
    endToEndInitiation?.stop();
    endToEndInitiation = undefined;
    hop?.channel.close();
    hop = undefined;
    link = undefined;
    options.onLost();
  }

  return {
    get ready(): boolean {
      return hop !== undefined && endToEnd !== undefined;
    },
    attach(newLink: Link): LinkEvents {
      const former = link;
      if (former !== undefined) detach();
      former?.close();
      link = newLink;
      guard(() => startHop(newLink));
      return {
        onMessage(message: Uint8Array): void {
          if (link === newLink) guard(() => receive(message));
        },
        onClosed(): void {
          if (link === newLink) detach();
        },
      };
    },
    send(message: Uint8Array): void {
      guard(() => sendEndToEnd(message));
      guard(renewInTime);
    },
    renew(): void {
      closeEndToEnd();
      guard(startEndToEnd);
    },
  };
}
