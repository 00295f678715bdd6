// SPDX-License-Identifier: Apache-2.0

/**
 * The PN GW: secures the hop to each of its PNEs (CPNS-1) and relays their end-to-end messages (CPNS-3)
 * between them and the CPNS Server. It holds no key of CPNS-3 and learns nothing of it but lengths, times
 * and flows. Contents of groups it passes on to their members, and reads none. Its PNE links live as long as
 * the server link, and a little longer where it has a queue: what PNEs that are there say then waits in it.
 */
import type { ShownGrants } from '../authorization/authority.ts';
import type { Secret } from '../crypto/provider.ts';
import type { Credential } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import { Channel, decodeEndToEndMessage, onboardingBody } from '../link/channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { decodeRoute, encodeRoute } from '../link/route.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { Flow } from './flow.ts';
import { GroupContents } from './gateway-contents.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';
import { PnAdmission } from './pn-admission.ts';
import type { RelayQueue } from './relay-queue.ts';
import type { GroupSeat } from './server-keys.ts';
import { encodeTrigger } from './user-message.ts';

export interface GatewayOptions {
  /** CPNS-1, with whichever PNE the gateway has a credential of. */
  readonly hop: InterfaceOptions;
  readonly after: After;
  /** Which PNEs may join its PN, and which PN that is. */
  readonly grants: ShownGrants;
  readonly pn: number;
  /** PNE links at a time, if not `gatewayMaxPnes`. */
  readonly maxPnes?: number;
  /** Keeps what PNEs say to a server that is away. Without it their links end with the server's. */
  readonly queue?: RelayQueue;
  /** What a PNE said in a PN whose key the gateway has; `sender` is its number there. */
  onPnContent?(reference: number, sender: number, payload: Uint8Array): void;
  /** A PNE here has said this to a group: for gateways that this one has a bridge to. Borrowed for the call. */
  onGroupContent?(message: Uint8Array): void;
  onAgreed(agreement: Agreement): void;
  /** A message was refused and dropped; `pneId` is known once the hop is secured. */
  onRefused(reason: ReasonName, pneId: string | undefined): void;
}

export interface Gateway {
  /** Adopts the link to the CPNS Server; a former one is closed. Returns what the link shall call. */
  attachServer(link: Link): LinkEvents;
  /**
   * Adopts a PNE's link, or closes it at once where there is no server link, or no room. A link that nobody has
   * secured makes room for a newer one.
   */
  attachPne(link: Link): LinkEvents;
  /** That is all that this PNE may send to, as the server says: contents of groups go to their members alone. */
  seat(pneId: string, seats: readonly GroupSeat[]): void;
  /** Takes the key of a PN over, as the server says; undefined: the PN has ended. */
  takePnKey(reference: number, epoch: number, key: Secret | undefined): void;
  /** Whether a PNE is to be here, as the server says: one whose PN was switched to another gateway is let in there. */
  place(pneId: string, isHere: boolean): void;
  /** Takes what another gateway passes on of its PNEs. Refuses what GroupContents refuses. */
  takeContent(message: Uint8Array): void;
  /** Tells a PNE, where it is here, to ask for the key of this user. */
  trigger(pneId: string, user: string): void;
  /** Closes the link of a PNE, whose credential is withdrawn, by its subject. */
  expel(subject: string): void;
}

export function createGateway(options: GatewayOptions): Gateway {
  const role = new GatewayRole(options);
  return Object.freeze({
    attachServer: (link: Link) => role.attachServer(link),
    attachPne: (link: Link) => role.attachPne(link),
    seat: (...of: Parameters<Gateway['seat']>) => role.seat(...of),
    takePnKey: (...of: Parameters<Gateway['takePnKey']>) => role.takePnKey(...of),
    place: (pneId: string, isHere: boolean) => role.place(pneId, isHere),
    takeContent: (message: Uint8Array) => role.takeContent(message),
    trigger: (pneId: string, user: string) => role.trigger(pneId, user),
    expel: (subject: string) => role.expel(subject),
  });
}

const IGNORE: LinkEvents = Object.freeze({ onMessage(): void {}, onClosed(): void {} });

class GatewayRole {
  private readonly options: GatewayOptions;
  /** By number, which is also the order in which they came. */
  private readonly flows = new Map<number, Flow>();
  private readonly contents: GroupContents;
  private readonly admission: PnAdmission;
  private nextFlow = 0;
  private server: Link | undefined;

  constructor(options: GatewayOptions) {
    this.options = options;
    this.admission = new PnAdmission(options);
    this.contents = new GroupContents({
      ...options,
      provider: options.hop.provider,
      sendToEach: (isFor, message) => this.sendToEach(isFor, message),
    });
  }

  attachServer(link: Link): LinkEvents {
    const former = this.server;
    this.server = link;
    this.contents.clear();
    this.admission.clear();
    former?.close();
    this.leave();
    this.options.queue?.forward((pneId, record) => this.relay(pneId, record));
    return {
      onMessage: (message: Uint8Array) => {
        if (this.server === link) this.guard(undefined, () => this.receiveFromServer(message));
      },
      onClosed: () => {
        if (this.server !== link) return;
        this.server = undefined;
        link.close();
        if (this.options.queue === undefined) this.leave();
        else this.stay(this.options.queue);
      },
    };
  }

  attachPne(link: Link): LinkEvents {
    if (this.server === undefined || !this.makeRoom()) {
      link.close();
      return IGNORE;
    }
    const flow = this.openFlow(link);
    return {
      onMessage: (message: Uint8Array) => this.guard(flow, () => this.receiveOnLink(flow, message)),
      onClosed: () => {
        this.flows.delete(flow.number);
        flow.end();
      },
    };
  }

  seat(pneId: string, seats: readonly GroupSeat[]): void {
    this.contents.roster.seat(pneId, seats);
  }

  takePnKey(reference: number, epoch: number, key: Secret | undefined): void {
    this.contents.pnKeys.take(reference, epoch, key);
  }

  takeContent(message: Uint8Array): void {
    this.contents.fromGateway(message);
  }

  place(pneId: string, isHere: boolean): void {
    this.admission.place(pneId, isHere);
    if (!isHere) this.closeLinksOf(pneId);
  }

  trigger(pneId: string, user: string): void {
    this.sendToEach((id) => id === pneId, encodeTrigger(user));
  }

  expel(subject: string): void {
    this.options.queue?.drop(subject);
    this.closeLinksOf(subject);
  }

  private closeLinksOf(pneId: string): void {
    for (const flow of [...this.flows.values()]) if (flow.peer?.subject === pneId) flow.link.close();
  }

  /** The server at the end of another link knows none of the flows: the PNEs come again and tell it of themselves. */
  private leave(): void {
    for (const { link } of [...this.flows.values()]) link.close();
  }

  /** PNEs that are there may go on until they miss the server. Who is not there yet can do nothing without it. */
  private stay(queue: RelayQueue): void {
    queue.hold();
    for (const { link, isSecured } of [...this.flows.values()]) if (!isSecured) link.close();
  }

  /** Returns whether there is room for one more. Who waits longest without having proved anything, goes. */
  private makeRoom(): boolean {
    const { maxPnes = ImplementationLimits.gatewayMaxPnes } = this.options;
    if (this.flows.size < maxPnes) return true;
    for (const flow of this.flows.values()) {
      if (flow.isSecured) continue;
      this.flows.delete(flow.number);
      flow.link.close();
      return true;
    }
    return false;
  }

  private openFlow(link: Link): Flow {
    const { admission } = this;
    const admit = (peer: Credential, grant: Uint8Array | undefined) => {
      // One that is to be at another gateway is not kept waiting here.
      if (admission.isElsewhere(peer.subject)) link.close();
      admission.admit(peer, grant);
    };
    const flow = new Flow({
      number: this.nextFlow,
      link,
      hop: { ...this.options.hop, admit },
      after: this.options.after,
      onAgreed: (agreement) => {
        this.endOthers(flow, agreement);
        this.options.onAgreed(agreement);
      },
      mayJoin: () => this.joining() < ImplementationLimits.gatewayMaxOnboarding,
      onMessage: (message) => this.receiveFromPne(flow, message),
      onRefused: (reason) => this.options.onRefused(reason, flow.peer?.subject),
    });
    this.nextFlow += 1;
    this.flows.set(flow.number, flow);
    return flow;
  }

  private joining(): number {
    return [...this.flows.values()].filter(({ isJoining }) => isJoining).length;
  }

  /** A PNE is at one place: a link that it has left without a word ends when it has secured a newer one. */
  private endOthers(newest: Flow, { peer }: Agreement): void {
    for (const flow of [...this.flows.values()]) {
      if (flow !== newest && flow.belongsTo(peer)) flow.link.close();
    }
  }

  private receiveFromPne(flow: Flow, message: Uint8Array): void {
    if (message[0] !== Channel.groupContent) return this.sendOn(flow, message);
    const read = this.contents.fromPne(message, flow.peer?.subject);
    this.guard(flow, read);
    this.options.onGroupContent?.(message);
    this.server?.send(encodeRoute(flow.number, message));
  }

  /** To the server, or behind what waits for it. Who wants an answer of a server that is away has to come again. */
  private sendOn(flow: Flow, message: Uint8Array): void {
    const { server, options } = this;
    const pneId = flow.peer?.subject;
    const isRecord = message[0] === Channel.endToEndRecord && pneId !== undefined;
    if (isRecord && (server === undefined || options.queue?.holds(pneId)))
      return options.queue?.add(pneId, message);
    if (server === undefined) flow.link.close();
    else server.send(encodeRoute(flow.number, message));
  }

  /** What waited: by the PNE's link, or if it has none, by a number that no link has, so that no answer goes astray. */
  private relay(pneId: string, record: Uint8Array): void {
    if (!this.admission.isGranted(pneId)) refuse('notAuthorized');
    const there = [...this.flows.values()].find(({ peer }) => peer?.subject === pneId);
    const flow = there?.number ?? this.nextFlow++;
    (this.server ?? refuse('linkClosed')).send(encodeRoute(flow, record));
  }

  private sendToEach(isFor: (pneId: string | undefined) => boolean, message: Uint8Array): void {
    for (const flow of this.flows.values()) if (isFor(flow.peer?.subject)) this.sendTo(flow, message);
  }

  /** What is revoked ends the link before the next record is looked at. */
  private receiveOnLink(flow: Flow, message: Uint8Array): void {
    if (flow.isSecured && !this.admission.mayJoin(flow.peer?.subject)) {
      flow.link.close();
      refuse('notAuthorized');
    }
    flow.receive(message);
  }

  private receiveFromServer(bytes: Uint8Array): void {
    const { flow: number, message } = decodeRoute(bytes);
    if (onboardingBody(message) !== undefined) return this.answer(number, message);
    if (decodeEndToEndMessage(message).channel === Channel.groupContent)
      return this.contents.fromServer(message);
    this.sendTo(this.flows.get(number), message);
  }

  /** Of an onboarding: the flow knows whether one is under way. */
  private answer(number: number, message: Uint8Array): void {
    const flow = this.flows.get(number);
    this.guard(flow, () => flow?.send(message));
  }

  private sendTo(flow: Flow | undefined, message: Uint8Array): void {
    if (this.admission.mayJoin(flow?.peer?.subject)) this.guard(flow, () => flow?.send(message));
  }

  /** A hop whose keys are used up ends with its link: only the PNE can begin a handshake, on the next one. */
  private guard(flow: Flow | undefined, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.onRefused(error.reasonName, flow?.peer?.subject);
      if (error.reasonName === 'keyLimitReached' || error.reasonName === 'sequenceExhausted') {
        flow?.link.close();
      }
    }
  }
}
