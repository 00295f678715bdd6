// SPDX-License-Identifier: Apache-2.0

/**
 * The server's end of CPNS-3 with all its PNEs: a handshake for each flow of a gateway, sessions for each
 * PNE, found by the kid of its records. The flow says where answers go, never who is there.
 */
import { compactCredential } from '../handshake/compact-credential.ts';
import { type Credential, type CredentialStore, ccsCredential, type Party } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import { Channel, decodeEndToEndMessage, type EndToEndChannel, onboardingBody } from '../link/channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { decodeRoute, encodeRoutedBody } from '../link/route.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { recordKid } from '../session/forms.ts';
import { type Acceptance, accept } from './acceptance.ts';
import { numberOf, ScatteredIds } from './connection-ids.ts';
import { type Agreement, type InterfaceOptions, ownCredential } from './interface.ts';
import { type Invitations, OnboardingAcceptance } from './onboarding-acceptance.ts';
import { Succession } from './succession.ts';

export interface ServerInterfacesOptions {
  readonly endToEnd: InterfaceOptions;
  readonly after: After;
  onAgreed(agreement: Agreement): void;
  /** A verified message of the PNE that `agreement` is with, owned by the callee. What it refuses is reported. */
  onMessage(pneId: string, agreement: Agreement, message: Uint8Array): void;
  /** A content of a group, which came by this flow. What it refuses is reported. */
  onContent(gateway: Link, flow: number, content: Uint8Array): void;
  /** The link of a gateway is gone. */
  onLeft(gateway: Link): void;
  /** `pneId` is known where a record was verified. */
  onRefused(reason: ReasonName, pneId: string | undefined): void;
  /** How PNEs join by codes. Without it none does. */
  readonly onboarding?: ServerOnboarding;
}

export interface ServerOnboarding {
  readonly invitations: Invitations;
  /** A device has joined: gateways are to let it in, and to learn of that before the device does. */
  onJoined(credential: Credential): void;
}

export interface ServerInterfaces {
  /** `gateway`: who it has proved to be, which is what a PNE that joins by it is told. */
  attachGateway(link: Link, gateway?: Party): LinkEvents;
  /**
   * Protects and sends a message to a PNE, under these keys, where its newest verified message came from. Where they
   * are no longer in use or that fails it is lost; what is refused is reported.
   */
  send(pneId: string, agreement: Agreement, message: Uint8Array): void;
  /** Where a PNE's newest verified message came from, while that link lasts. */
  routeOf(pneId: string): Route | undefined;
  /** Who the gateway at the end of this link has proved to be, while it lasts. */
  gatewayName(gateway: Link): string | undefined;
  /** Sends a content of a group to a gateway, for the members there. */
  sendContent(gateway: Link, content: Uint8Array): void;
  /** Wipes the keys of sessions with a PNE. */
  expel(pneId: string): void;
}

interface Peer {
  readonly pneId: string;
  readonly agreements: Succession;
  route: Route | undefined;
}

export interface Route {
  readonly gateway: Link;
  readonly flow: number;
}

export function createServerInterfaces(options: ServerInterfacesOptions): ServerInterfaces {
  const role = new ServerEnd(options);
  return {
    attachGateway: (link, gateway) => role.attachGateway(link, gateway),
    send: (pneId, agreement, message) => role.send(pneId, agreement, message),
    routeOf: (pneId) => role.routeOf(pneId),
    gatewayName: (gateway) => role.gatewayName(gateway),
    sendContent: (gateway, content) => role.sendContent(gateway, content),
    expel: (pneId) => role.expel(pneId),
  };
}

class ServerEnd {
  private readonly options: ServerInterfacesOptions;
  private readonly own: InterfaceOptions;
  private readonly connectionIds: ScatteredIds;
  private readonly byKid = new Map<number, Peer>();
  private readonly byId = new Map<string, Peer>();
  private readonly gatewayNames = new Map<Link, string>();

  constructor(options: ServerInterfacesOptions) {
    this.options = options;
    this.own = { ...options.endToEnd, peers: named(options.endToEnd.peers) };
    this.connectionIds = new ScatteredIds(options.endToEnd.provider.fillRandom);
  }

  attachGateway(gateway: Link, party?: Party): LinkEvents {
    const flows = new Map<number, Acceptance>();
    const joining = new Map<number, Acceptance>();
    if (party?.subject !== undefined) this.gatewayNames.set(gateway, party.subject);
    return {
      onMessage: (bytes: Uint8Array) =>
        this.guard(undefined, () => {
          const { flow, message } = decodeRoute(bytes);
          const onboarding = onboardingBody(message);
          if (onboarding !== undefined)
            return endOn(joining, flow, () => this.onboardingOn({ gateway, flow }, party)).receive(
              onboarding,
            );
          const { channel, body } = decodeEndToEndMessage(message);
          if (channel === Channel.endToEndRecord) this.receiveRecord({ gateway, flow }, body);
          else if (channel === Channel.groupContent) this.options.onContent(gateway, flow, body);
          else endOn(flows, flow, () => this.acceptanceOn({ gateway, flow })).receive(body);
        }),
      onClosed: () => {
        for (const end of [...flows.values(), ...joining.values()]) end.stop();
        for (const peer of this.byId.values()) if (peer.route?.gateway === gateway) peer.route = undefined;
        this.gatewayNames.delete(gateway);
        this.options.onLeft(gateway);
      },
    };
  }

  send(pneId: string, agreement: Agreement, message: Uint8Array): void {
    this.guard(pneId, () => {
      const peer = this.byId.get(pneId);
      if (peer?.route === undefined || peer.agreements.agreement !== agreement) return;
      sendTo(peer.route, Channel.endToEndRecord, agreement.channel.protect(message));
    });
  }

  routeOf(pneId: string): Route | undefined {
    return this.byId.get(pneId)?.route;
  }

  gatewayName(gateway: Link): string | undefined {
    return this.gatewayNames.get(gateway);
  }

  /** The flow is 0: a gateway knows which of its PNEs are members. */
  sendContent(gateway: Link, content: Uint8Array): void {
    this.guard(undefined, () => sendTo({ gateway, flow: 0 }, Channel.groupContent, content));
  }

  expel(pneId: string): void {
    this.byId.get(pneId)?.agreements.close();
    this.byId.delete(pneId);
  }

  private onboardingOn(route: Route, gateway: Party | undefined): Acceptance {
    const { onboarding = refuse('onboardingClosed'), endToEnd, after, onRefused } = this.options;
    return new OnboardingAcceptance({
      ...onboarding,
      provider: endToEnd.provider,
      after,
      references: () => ({
        server: compactOf(ownCredential(endToEnd)),
        gateway: compactOf(ccsCredential((gateway ?? refuse('onboardingClosed')).cred)),
      }),
      send: (message) => sendTo(route, Channel.onboarding, message),
      onRefused,
    });
  }

  private acceptanceOn(route: Route): Acceptance {
    return accept({
      own: this.own,
      attestation: () => PLAIN_STREAM,
      after: this.options.after,
      connectionIds: this.connectionIds,
      send: (message) => sendTo(route, Channel.endToEndHandshake, message),
      onAgreed: (agreement) => this.adopt(agreement),
      onRefused: (reason) => this.options.onRefused(reason, undefined),
    });
  }

  private adopt(agreement: Agreement): void {
    const peer = this.peerOf(agreement.peer.subject!);
    this.byKid.set(numberOf(agreement.connectionId), peer);
    peer.agreements.add(agreement);
    this.options.onAgreed(agreement);
  }

  private peerOf(pneId: string): Peer {
    const known = this.byId.get(pneId);
    if (known !== undefined) return known;
    const agreements = new Succession(({ connectionId }) => {
      this.byKid.delete(numberOf(connectionId));
      this.connectionIds.release(connectionId);
    });
    const peer: Peer = { pneId, agreements, route: undefined };
    this.byId.set(pneId, peer);
    return peer;
  }

  private receiveRecord(route: Route, record: Uint8Array): void {
    const peer = this.byKid.get(numberOf(recordKid(record))) ?? refuse('kidUnknown');
    const { pneId, agreements } = peer;
    const message = isSame(peer.route, route)
      ? agreements.unprotect(record)
      : unprotectFrom(peer, route, record);
    this.guard(pneId, () => this.options.onMessage(pneId, agreements.agreement!, message));
  }

  private guard(pneId: string | undefined, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.onRefused(error.reasonName, pneId);
    }
  }
}

/** What handles one flow. Of too many the oldest makes room. */
function endOn(ends: Map<number, Acceptance>, flow: number, create: () => Acceptance): Acceptance {
  const known = ends.get(flow);
  if (known !== undefined) return known;
  if (ends.size >= ImplementationLimits.serverMaxFlows) {
    const [oldest] = ends.entries();
    oldest![1].stop();
    ends.delete(oldest![0]);
  }
  const end = create();
  ends.set(flow, end);
  return end;
}

/** Refuses with `credentialInvalid` one that is not as those that PNEs keep. */
function compactOf(credential: Credential): Uint8Array {
  return compactCredential(credential) ?? refuse('credentialInvalid');
}

function isSame(known: Route | undefined, { gateway, flow }: Route): boolean {
  return known !== undefined && known.gateway === gateway && known.flow === flow;
}

/** The newest record says where the PNE is: one that was held back says where it was. */
function unprotectFrom(peer: Peer, route: Route, record: Uint8Array): Uint8Array {
  const { agreements } = peer;
  const former = agreements.agreement;
  const newest = former?.channel.newestReceived ?? -1;
  const message = agreements.unprotect(record);
  const agreement = agreements.agreement!;
  if (agreement !== former || agreement.channel.newestReceived > newest) peer.route = route;
  return message;
}

/** A PNE is told by the subject of its credential: one without is not known here. */
function named(peers: CredentialStore): CredentialStore {
  return {
    candidates: (idCred) => peers.candidates(idCred).filter(({ subject }) => subject !== undefined),
  };
}

function sendTo(
  { gateway, flow }: Route,
  channel: EndToEndChannel | typeof Channel.onboarding,
  body: Uint8Array,
): void {
  gateway.send(encodeRoutedBody(flow, channel, body));
}
