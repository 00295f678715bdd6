// SPDX-License-Identifier: Apache-2.0

/**
 * The CPNS Server: answers the handshakes of its PNEs (CPNS-3), hands each verified reading over once, and
 * delivers contents one at a time. A record that does not verify is dropped without an answer.
 */
import type { Grants } from '../authorization/authority.ts';
import { mayInPn, serverGrant } from '../authorization/membership.ts';
import type { Secret } from '../crypto/provider.ts';
import type { Party } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import { createCborXPayloads } from '../payload/codec.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { ConsentDesk, type OwnerConsents } from './consent-desk.ts';
import { isConsentType } from './consent-message.ts';
import type { Capabilities } from './entity-message.ts';
import { type Agreement, type InterfaceOptions, jitterOf } from './interface.ts';
import { KeyMessageType } from './key-message.ts';
import { PeerLedger } from './peer-ledger.ts';
import { NEW_PEER, type PeerRecord } from './peer-record.ts';
import { messageTypeOf } from './readings-message.ts';
import { createServerInterfaces, type ServerInterfaces, type ServerOnboarding } from './server-interfaces.ts';
import type { BoundServerKeys, GroupSeat, ServerKeys } from './server-keys.ts';
import { type ContentOutcome, ServerPeer } from './server-peer.ts';
import type { Reading, ServerStore } from './server-store.ts';
import { UserDesk, type UserRegistry } from './user-desk.ts';

export interface ServerOptions {
  /** CPNS-3, with whichever PNE the server has a credential of; its subject is the PNE's id. */
  readonly endToEnd: InterfaceOptions;
  readonly after: After;
  readonly store: ServerStore;
  /** Key management and groups (createServerKeys), where it shall have them. */
  readonly keys?: ServerKeys;
  /** That is all that a PNE may send to, as which senders, at the gateway of this link. */
  onSeats?(gateway: Link, pneId: string, seats: readonly GroupSeat[]): void;
  /** The gateway of this link is to have a PN's key: `wrap` returns that under another, or nothing where it ended. */
  onPnKey?(gateway: Link, reference: number, epoch: number, wrap: (above: Secret) => Uint8Array): void;
  /** Questions to PNEs that own something, where they shall be asked. */
  readonly consents?: OwnerConsents;
  /** Users of PNEs, where it knows any: their user keys become these users'. */
  readonly users?: UserRegistry;
  /** How PNEs join by codes. Without it none does. */
  readonly onboarding?: ServerOnboarding;
  /** What its PNEs may do, and in which PN. */
  readonly grants: Grants;
  readonly pn: number;
  onAgreed(agreement: Agreement): void;
  /** A PNE announced itself over a new link or session. */
  onRegistered(pneId: string): void;
  /** A verified reading that is stored. Comes once for each while the process lives. */
  onReading(pneId: string, reading: Reading): void;
  /** Nothing more will happen to this content. Nobody is told where the process ends just then: it is gone. */
  onContentSettled(pneId: string, ticket: number, outcome: ContentOutcome): void;
  /** A message was refused, or a change by the store; `pneId` is known where a record was verified. */
  onRefused(reason: ReasonName, pneId: string | undefined): void;
}

export interface Server {
  /** Adopts a link of the gateway that is proved to be at its end. Returns what the link shall call. */
  attachGateway(link: Link, gateway?: Party): LinkEvents;
  /**
   * Queues a content for a PNE, which gets it when it is there, after those before it. Calls `taken` with a ticket
   * for it once it is stored, with undefined where it could not be. Refuses `queueFull`, and what src/payload refuses.
   */
  deliver(pneId: string, value: unknown, taken?: (ticket: number | undefined) => void): void;
  /** What is known of a PNE just now: whether there is a way to it, and names of fields that it reports. */
  outlook(pneId: string): Outlook;
  /** Ends the sessions with a PNE, whose credential is withdrawn. What is stored of it stays. */
  expel(pneId: string): void;
  /** Questions to owners, or answers, have changed. */
  askOwners(): void;
  /** Grants have changed: PNEs that were turned away, and may join now, need not ask again. */
  readmit(): void;
}

export type Outlook = Pick<Capabilities, 'isHere' | 'fields'>;

export function createServer(options: ServerOptions): Server {
  const role = new ServerRole(options);
  return Object.freeze<Server>({
    attachGateway: (link, gateway) => role.attachGateway(link, gateway),
    deliver: (pneId, value, taken = ignore) => role.deliver(pneId, value, taken),
    outlook: (pneId) => role.outlook(pneId),
    expel: (pneId) => role.expel(pneId),
    readmit: () => role.readmit(),
    askOwners: () => role.askOwners(),
  });
}

function ignore(): void {}

/** Work that waits until a PNE's record is loaded. */
interface Loading {
  readonly waiting: { readonly run: (peer: ServerPeer) => void; readonly fail: () => void }[];
}

class ServerRole {
  private readonly options: ServerOptions;
  private readonly payloads = createCborXPayloads();
  private readonly random: () => number;
  private readonly peers = new Map<string, ServerPeer>();
  private readonly loading = new Map<string, Loading>();
  private readonly interfaces: ServerInterfaces;
  private readonly keys: BoundServerKeys | undefined;
  private readonly desk: ConsentDesk | undefined;
  private readonly userDesk: UserDesk | undefined;

  constructor(options: ServerOptions) {
    this.options = options;
    this.random = jitterOf(options.endToEnd);
    this.interfaces = createServerInterfaces({
      ...options,
      onMessage: (pneId, agreement, message) => this.receive(pneId, agreement, message),
      onContent: (gateway, flow, content) =>
        (this.keys ?? refuse('groupUnknown')).receiveContent(gateway, flow, content),
      onLeft: (gateway) => this.keys?.leave(gateway),
    });
    const { after, onSeats = ignore, onPnKey = ignore, onRefused } = options;
    const { random, interfaces } = this;
    const fieldsOf = (pneId: string) => this.outlook(pneId).fields;
    this.keys = options.keys?.bind({ ...interfaces, after, random, fieldsOf, onSeats, onPnKey, onRefused });
    const { consents, grants, pn } = options;
    const permits = (pneId: string) => mayInPn(grants, pn, pneId, 'pn-join');
    const { users, keys } = options;
    if (users !== undefined)
      this.userDesk = new UserDesk({
        ...{ ...interfaces, users, permits, onRefused },
        onAssigned: (pneId) => keys?.refreshUser(pneId),
      });
    if (consents !== undefined)
      this.desk = new ConsentDesk({ consents, after, random, send: interfaces.send, permits });
  }

  attachGateway(link: Link, gateway?: Party): LinkEvents {
    return this.interfaces.attachGateway(link, gateway);
  }

  deliver(pneId: string, value: unknown, taken: (ticket: number | undefined) => void): void {
    const peer = this.peers.get(pneId);
    if (peer !== undefined) return peer.deliver(value, taken);
    // Refused now rather than when the record is there.
    this.payloads.encode(value);
    const fail = () => taken(undefined);
    const run = (loaded: ServerPeer) => this.guard(pneId, () => loaded.deliver(value, taken), fail);
    this.load(pneId, run, fail);
  }

  outlook(pneId: string): Outlook {
    const isHere = this.interfaces.routeOf(pneId) !== undefined;
    return { isHere, fields: this.peers.get(pneId)?.fields ?? [] };
  }

  expel(pneId: string): void {
    this.interfaces.expel(pneId);
    this.keys?.expel(pneId);
    this.desk?.expel(pneId);
    this.peers.get(pneId)?.close();
    this.peers.delete(pneId);
  }

  readmit(): void {
    for (const [pneId, peer] of this.peers) this.guard(pneId, () => peer.readmit());
  }

  askOwners(): void {
    this.desk?.refresh();
  }

  private receive(pneId: string, agreement: Agreement, message: Uint8Array): void {
    const peer = this.peers.get(pneId);
    if (peer !== undefined) return peer.receive(agreement, message);
    this.load(pneId, (loaded) => this.guard(pneId, () => loaded.receive(agreement, message)));
  }

  private load(pneId: string, run: (peer: ServerPeer) => void, fail = ignore): void {
    const under = this.loading.get(pneId);
    if (under !== undefined) {
      if (under.waiting.length >= ImplementationLimits.serverMaxQueuedContents) refuse('queueFull');
      under.waiting.push({ run, fail });
      return;
    }
    const loading: Loading = { waiting: [{ run, fail }] };
    this.loading.set(pneId, loading);
    this.options.store.load(
      pneId,
      (record = NEW_PEER) => this.finishLoading(pneId, loading, record),
      () => this.finishLoading(pneId, loading, undefined),
    );
  }

  private finishLoading(pneId: string, { waiting }: Loading, record: PeerRecord | undefined): void {
    this.loading.delete(pneId);
    if (record === undefined) {
      this.options.onRefused('storeFailed', pneId);
      for (const { fail } of waiting) fail();
      return;
    }
    const peer = this.createPeer(pneId, record);
    this.peers.set(pneId, peer);
    for (const { run } of waiting) run(peer);
  }

  private createPeer(pneId: string, record: PeerRecord): ServerPeer {
    const { options, payloads, random, interfaces } = this;
    const { store, after, grants, pn } = options;
    const onSuperseded = () => this.drop(pneId);
    return new ServerPeer({
      ...options,
      pneId,
      payloads,
      random,
      permits: (action) => mayInPn(grants, pn, pneId, action),
      serverGrant: () => serverGrant(grants, pn, pneId),
      ledger: new PeerLedger({ pneId, store, record, after, onSuperseded }),
      send: (agreement, message) => interfaces.send(pneId, agreement, message),
      onKeyMessage: (agreement, boot, message) =>
        this.takerOf(message).receive(pneId, agreement, boot, message),
    });
  }

  private takerOf(message: Uint8Array): Pick<BoundServerKeys, 'receive'> {
    const type = messageTypeOf(message);
    const isOfUser = type === KeyMessageType.userRequest;
    const taker = isConsentType(type) ? this.desk : isOfUser ? this.userDesk : this.keys;
    return taker ?? refuse('messageInvalid');
  }

  /** The PNE registers anew, on the record that is stored. */
  private drop(pneId: string): void {
    this.peers.get(pneId)?.close();
    this.peers.delete(pneId);
    this.options.onRefused('recordSuperseded', pneId);
  }

  private guard(pneId: string, work: () => void, fail = ignore): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.onRefused(error.reasonName, pneId);
      fail();
    }
  }
}
