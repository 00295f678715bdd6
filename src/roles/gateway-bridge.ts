// SPDX-License-Identifier: Apache-2.0

/**
 * A gateway's end of CPNS-4: links to other gateways, by which what PNEs say to groups reaches members there without the
 * server. Only what a PNE of its own said is sent: what comes by a bridge goes on by none. Each end decides by its grants,
 * for each content, whether the other may have a bridge.
 */
import { equalBytes } from '../bytes/compare.ts';
import type { Party } from '../handshake/credential.ts';
import { Channel } from '../link/channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import { InitiatorLink } from './initiator-link.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';
import { ResponderLink } from './responder-link.ts';
import { makeRoom } from './room.ts';

export interface GatewayBridgeOptions {
  /** CPNS-4, with whichever gateways this one has a credential of; the subject is the name. */
  readonly own: InterfaceOptions;
  readonly after: After;
  /** Whether a gateway may have a bridge to this one now. */
  permits(gateway: string): boolean;
  /** What a PNE of the other gateway said to a group. What it refuses is reported. */
  onContent(message: Uint8Array): void;
  onAgreed(agreement: Agreement): void;
  /** `gateway` is known where its link is secured. */
  onRefused(reason: ReasonName, gateway: string | undefined): void;
}

export interface GatewayBridge {
  /** Adopts a link that this end has made. Returns what the link shall call. */
  join(link: Link): LinkEvents;
  /** Adopts a link that another has made, or closes it where there is no room. */
  accept(link: Link): LinkEvents;
  /** Sends what a PNE of this gateway said to each gateway that may have a bridge. */
  send(message: Uint8Array): void;
  /** Grants or credentials have changed: who may not have a bridge any more is gone. */
  refresh(): void;
}

export function createGatewayBridge(options: GatewayBridgeOptions): GatewayBridge {
  const role = new BridgeRole(options);
  return {
    join: (link) => role.join(link),
    accept: (link) => role.accept(link),
    send: (message) => role.send(message),
    refresh: () => role.refresh(),
  };
}

/** Either end of a link. */
interface End {
  readonly link: Link;
  /** Who is proved to be at the other end. */
  peer: Party | undefined;
  readonly isAccepted: boolean;
  readonly secured: InitiatorLink | ResponderLink;
}

const IGNORE: LinkEvents = Object.freeze({ onMessage(): void {}, onClosed(): void {} });

class BridgeRole {
  private readonly options: GatewayBridgeOptions;
  /** The oldest first. */
  private readonly ends = new Set<End>();

  constructor(options: GatewayBridgeOptions) {
    const admit = (peer: Party) => {
      if (!this.mayCross(peer)) refuse('notAuthorized');
    };
    this.options = { ...options, own: { ...options.own, admit } };
  }

  join(link: Link): LinkEvents {
    const { onAgreed, onRefused } = this.options;
    const secured = new InitiatorLink(
      {
        ...this.options,
        onAgreed: (agreement) => {
          end.peer = agreement.peer;
          onAgreed(agreement);
        },
        onSecured: () => {
          if (!this.mayCross(end.peer)) link.close();
        },
        onMessage: (message) => this.receive(end, message),
        onRefused: (reason) => onRefused(reason, end.peer?.subject),
      },
      link,
    );
    const end: End = { link, secured, peer: undefined, isAccepted: false };
    const events = this.adopt(end);
    secured.start();
    return events;
  }

  accept(link: Link): LinkEvents {
    if (!makeRoom(this.ends, NodeLimits.gatewayMaxBridges, ({ isAccepted }) => isAccepted)) {
      link.close();
      return IGNORE;
    }
    const secured = new ResponderLink({
      ...this.options,
      link,
      onSecured: (peer) => {
        end.peer = peer;
        for (const other of [...this.ends])
          if (other !== end && other.isAccepted && isSame(other.peer, peer)) other.link.close();
      },
      onMessage: (message) => this.receive(end, message),
    });
    const end: End = { link, secured, peer: undefined, isAccepted: true };
    return this.adopt(end);
  }

  send(message: Uint8Array): void {
    const reached: Party[] = [];
    for (const { peer, secured } of [...this.ends]) {
      // Two gateways may each have made a link to the other.
      if (peer === undefined || !this.mayCross(peer) || reached.some((each) => isSame(each, peer))) continue;
      reached.push(peer);
      secured.guard(() => secured.send(message));
    }
  }

  refresh(): void {
    for (const { peer, link } of [...this.ends]) if (peer !== undefined && !this.mayCross(peer)) link.close();
  }

  private adopt(end: End): LinkEvents {
    this.ends.add(end);
    return {
      onMessage: (message) => end.secured.receive(message),
      onClosed: () => {
        this.ends.delete(end);
        end.secured.end();
      },
    };
  }

  /** What is revoked ends the link before the next content is looked at. */
  private receive({ peer, link }: End, message: Uint8Array): void {
    if (!this.mayCross(peer)) {
      link.close();
      refuse('notAuthorized');
    }
    if (message[0] !== Channel.groupContent || message.length < 2) refuse('messageInvalid');
    this.options.onContent(message);
  }

  private mayCross(peer: Party | undefined): boolean {
    return peer?.subject !== undefined && this.options.permits(peer.subject);
  }
}

function isSame(one: Party | undefined, other: Party): boolean {
  return one !== undefined && equalBytes(one.cred, other.cred);
}
