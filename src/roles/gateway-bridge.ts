// SPDX-License-Identifier: Apache-2.0

/**
 * A gateway's end of CPNS-4: links to other gateways, by which what PNEs say to groups reaches members there without
 * the server. Only what a PNE of its own said is sent: what comes by a bridge goes on by none. Each end decides by its
 * grants, for each content, whether the other may have a bridge. Where an owner is to be asked for it the link stays
 * and carries nothing but this state until he has answered, and is told of, in two bytes:
 *
 *     state = bridgeState status            ; consentRequired: contents are refused; ok: they are taken from now on
 */
import type { Decision } from '../authorization/decision.ts';
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
import { Status, type StatusCode } from './status.ts';

export interface GatewayBridgeOptions {
  /** CPNS-4, with whichever gateways this one has a credential of; the subject is the name. */
  readonly own: InterfaceOptions;
  readonly after: After;
  /** Whether a gateway may have a bridge to this one now. */
  decide(gateway: string): Decision;
  /** It may where the owner consents. May be called again and again. */
  ask(gateway: string): void;
  /** The owner at a gateway's end has not consented to this end's bridge; or he has. */
  onWaiting(gateway: string, isWaiting: boolean): void;
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
  /** What was said of this end's consent, and by the other end of its own. */
  told: StatusCode;
  heard: StatusCode;
}

const NEW_END = Object.freeze({ peer: undefined, told: Status.ok, heard: Status.ok });
const IGNORE: LinkEvents = Object.freeze({ onMessage(): void {}, onClosed(): void {} });

class BridgeRole {
  private readonly options: GatewayBridgeOptions;
  /** The oldest first. */
  private readonly ends = new Set<End>();

  constructor(options: GatewayBridgeOptions) {
    this.options = options;
  }

  join(link: Link): LinkEvents {
    const { onAgreed, onRefused } = this.options;
    const secured = new InitiatorLink(
      {
        ...this.options,
        own: this.ownAt(link),
        onAgreed: (agreement) => {
          end.peer = agreement.peer;
          onAgreed(agreement);
        },
        onSecured: () => this.tell(end),
        onMessage: (message) => this.receive(end, message),
        onRefused: (reason) => onRefused(reason, end.peer?.subject),
      },
      link,
    );
    const end: End = { ...NEW_END, link, secured, isAccepted: false };
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
      own: this.ownAt(link),
      link,
      onSecured: (peer) => {
        end.peer = peer;
        for (const other of [...this.ends])
          if (other !== end && other.isAccepted && isSame(other.peer, peer)) other.link.close();
        this.tell(end);
      },
      onMessage: (message) => this.receive(end, message),
    });
    const end: End = { ...NEW_END, link, secured, isAccepted: true };
    return this.adopt(end);
  }

  send(message: Uint8Array): void {
    const reached: Party[] = [];
    for (const { peer, secured, heard } of [...this.ends]) {
      if (peer === undefined || heard !== Status.ok || this.decide(peer) !== 'permit') continue;
      // Two gateways may each have made a link to the other.
      if (reached.some((each) => isSame(each, peer))) continue;
      reached.push(peer);
      secured.guard(() => secured.send(message));
    }
  }

  refresh(): void {
    for (const end of [...this.ends]) if (end.peer !== undefined) this.tell(end);
  }

  /** Who may not have a bridge comes again on another link, when that may have changed. This one ends, once told. */
  private ownAt(link: Link): InterfaceOptions {
    const admit = (peer: Party) => {
      if (this.decide(peer) !== 'deny') return;
      this.options.after(0, () => link.close());
      refuse('notAuthorized');
    };
    return { ...this.options.own, admit };
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

  /** Ends the link of who may not have a bridge; tells the others whether they have to wait for that. */
  private tell(end: End): void {
    const { peer, secured, link } = end;
    const decision = this.decide(peer);
    if (decision === 'deny') return link.close();
    if (decision === 'ask') this.options.ask(peer!.subject!);
    const status = decision === 'ask' ? Status.consentRequired : Status.ok;
    if (end.told === status) return;
    end.told = status;
    secured.guard(() => secured.send(Uint8Array.of(Channel.bridgeState, status)));
  }

  /** What is revoked ends the link before the next content is looked at. */
  private receive(end: End, message: Uint8Array): void {
    const { peer, link } = end;
    const decision = this.decide(peer);
    if (decision === 'deny') {
      link.close();
      refuse('notAuthorized');
    }
    if (message[0] === Channel.bridgeState) return this.hear(end, message);
    if (message[0] !== Channel.groupContent || message.length < 2) refuse('messageInvalid');
    if (decision === 'ask') refuse('consentRequired');
    this.options.onContent(message);
  }

  private hear(end: End, message: Uint8Array): void {
    const status = message[1];
    const isKnown = status === Status.ok || status === Status.consentRequired;
    if (message.length !== 2 || !isKnown) return refuse('messageInvalid');
    if (end.heard === status) return;
    end.heard = status;
    this.options.onWaiting(end.peer!.subject!, status === Status.consentRequired);
  }

  private decide(peer: Party | undefined): Decision['kind'] {
    return peer?.subject === undefined ? 'deny' : this.options.decide(peer.subject).kind;
  }
}

function isSame(one: Party | undefined, other: Party): boolean {
  return one !== undefined && equalBytes(one.cred, other.cred);
}
