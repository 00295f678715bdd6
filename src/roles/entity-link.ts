// SPDX-License-Identifier: Apache-2.0

/** One external entity's link at the server: the Responder's end of CPNS-5. */
import { EntityPermission } from '../authorization/entity-access.ts';
import type { Party } from '../handshake/credential.ts';
import type { Link } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { EntityFeed } from './entity-feed.ts';
import {
  type Capabilities,
  decodeEntityRequest,
  EntityMessageType,
  type EntityNotice,
  type EntityRequest,
  encodeEntityNotice,
  type Published,
} from './entity-message.ts';
import type { EntityStore } from './entity-store.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';
import { ResponderLink } from './responder-link.ts';
import type { ContentOutcome } from './server-peer.ts';
import { Status, type StatusCode } from './status.ts';

/** What the server's owner decides and does for its external entities. */
export interface EntityHost {
  /** Whether an entity has a grant that holds. */
  isGranted(entity: string): boolean;
  /** What an entity may do with a PNE now, in bits of EntityPermission. */
  permissionsOf(entity: string, pneId: string): number;
  /** The PNEs that an entity may be told of, now. */
  devicesFor(entity: string): readonly string[];
  /** An entity wants a PNE's readings, and may have them where the owner consents. May be called again and again. */
  ask(entity: string, pneId: string): void;
  /**
   * Queues a content for a PNE that is known and may get it. Calls `taken` with its ticket once it is stored; with
   * undefined where it could not be. Refuses `queueFull`, and what src/payload refuses.
   */
  deliver(pneId: string, payload: Uint8Array, taken: (ticket: number | undefined) => void): void;
  /** Whether an entity may publish to a group now. */
  mayPublish(entity: string, group: number): boolean;
  /**
   * Queues a content for each member of a group, and calls `done` when it is stored for as many as it can be. Refuses
   * `groupUnknown`, and what src/payload refuses.
   */
  publish(group: number, payload: Uint8Array, done: (published: Published) => void): void;
  /** What a PNE can do, where the entity may ask; undefined where there is no such PNE. Refuses `notAuthorized`. */
  capabilitiesOf(entity: string, pneId: string): Capabilities | undefined;
}

export interface EntityLinkOptions {
  readonly link: Link;
  readonly own: InterfaceOptions;
  readonly after: After;
  readonly store: EntityStore;
  readonly host: EntityHost;
  /** Once, when the entity is proved and has been told so. */
  onSecured(entity: Party): void;
  onAgreed(agreement: Agreement): void;
  onRefused(reason: ReasonName, entity: string | undefined): void;
}

const { entityMaxRequests } = NodeLimits;

const STATUSES: Partial<Record<ReasonName, StatusCode>> = Object.freeze({
  queueFull: Status.busy,
  notAuthorized: Status.notAuthorized,
  groupUnknown: Status.groupUnknown,
});

interface Delivery {
  /** Undefined where it is for a group. */
  readonly pneId: string | undefined;
  ticket: number | undefined;
}

export class EntityLink {
  readonly link: Link;
  private readonly options: EntityLinkOptions;
  private readonly secured: ResponderLink;
  private feed: EntityFeed | undefined;
  /** What the entity was told of PNEs. */
  private readonly told = new Map<string, number>();
  /** Requests that have no answer, or whose content has not come to its end; the ticket is there once it is stored. */
  private readonly requests = new Map<number, Delivery>();

  constructor(options: EntityLinkOptions) {
    this.options = options;
    this.link = options.link;
    this.secured = new ResponderLink({
      ...options,
      onRefused: (reason, entity) => this.report(reason, entity),
      onMessage: (message) => this.closingWhereInvalid(() => this.receiveMessage(message)),
    });
  }

  get peer(): Party | undefined {
    return this.secured.peer;
  }

  /** Takes a message of the link, borrowed for the call. */
  receive(message: Uint8Array): void {
    this.secured.receive(message);
  }

  /** There may be readings for it. */
  proceed(): void {
    this.feed?.proceed();
  }

  /** Devices have changed, or what it may do with them. */
  tellDevices(): void {
    if (this.feed === undefined) return;
    const { host } = this.options;
    const devices = new Set(host.devicesFor(this.name));
    for (const pneId of this.told.keys()) if (!devices.has(pneId)) this.tellDevice(pneId, 0);
    for (const pneId of devices) this.tellDevice(pneId, host.permissionsOf(this.name, pneId));
    for (const [pneId, permissions] of this.told)
      if ((permissions & EntityPermission.consentRequired) !== 0) host.ask(this.name, pneId);
  }

  /** A content has come to its end. */
  settle(pneId: string, ticket: number, outcome: ContentOutcome): void {
    for (const [request, each] of this.requests) {
      if (each.pneId !== pneId || each.ticket !== ticket) continue;
      this.requests.delete(request);
      this.say({ type: EntityMessageType.settled, request, outcome });
    }
  }

  /** The link is gone. */
  end(): void {
    this.feed?.close();
    this.requests.clear();
    this.secured.end();
  }

  private get name(): string {
    return this.peer?.subject ?? refuse('stateInvalid');
  }

  /** Whoever has proved itself and has no grant is told so, and begins anew: it may have one then. */
  private report(reason: ReasonName, entity: string | undefined): void {
    const { onRefused, after } = this.options;
    onRefused(reason, entity);
    if (reason === 'notAuthorized' && entity === undefined)
      after(NodeLimits.entityRefusedMs, () => this.link.close());
  }

  private receiveMessage(bytes: Uint8Array): void {
    const message = decodeEntityRequest(bytes);
    if (message.type === EntityMessageType.follow) return this.follow();
    if (message.type === EntityMessageType.taken)
      return (this.feed ?? refuse('stateInvalid')).take(message.number);
    const { request } = message;
    if (this.requests.has(request)) refuse('messageInvalid');
    if (this.requests.size >= entityMaxRequests) return this.answer(request, Status.busy);
    this.answeringRefusals(request, () => this.perform(message));
  }

  private perform(message: Exclude<EntityRequest, { type: 0 | 3 }>): void {
    const { host } = this.options;
    const { request } = message;
    if (message.type === EntityMessageType.query) return this.tellCapabilities(request, message.pneId);
    if (message.type === EntityMessageType.publish) {
      if (!host.mayPublish(this.name, message.group)) refuse('notAuthorized');
      return this.publish(request, message.group, message.payload);
    }
    const { pneId, payload } = message;
    const isPermitted = (host.permissionsOf(this.name, pneId) & EntityPermission.deliver) !== 0;
    if (!isPermitted) refuse('notAuthorized');
    this.deliver(request, pneId, payload);
  }

  private tellCapabilities(request: number, pneId: string): void {
    const capabilities = this.options.host.capabilitiesOf(this.name, pneId);
    if (capabilities === undefined) this.answer(request, Status.entityUnknown);
    else this.say({ type: EntityMessageType.capabilities, request, ...capabilities });
  }

  /** One at a time: it takes a commit for each member. */
  private publish(request: number, group: number, payload: Uint8Array): void {
    if ([...this.requests.values()].some(({ pneId }) => pneId === undefined)) refuse('queueFull');
    const publication: Delivery = { pneId: undefined, ticket: undefined };
    this.requests.set(request, publication);
    this.options.host.publish(group, payload, (published) => {
      if (this.requests.get(request) !== publication) return;
      this.requests.delete(request);
      this.say({ type: EntityMessageType.published, request, ...published });
    });
  }

  private follow(): void {
    if (this.feed !== undefined) refuse('stateInvalid');
    const { store, after, host } = this.options;
    const entity = this.name;
    this.feed = new EntityFeed({
      ...{ entity, store, after },
      isGranted: () => host.isGranted(entity),
      mayRead: (pneId) => (host.permissionsOf(entity, pneId) & EntityPermission.access) !== 0,
      send: (message) => this.say(message),
      onFailed: () => this.link.close(),
    });
    this.tellDevices();
    this.feed?.proceed();
  }

  private deliver(request: number, pneId: string, payload: Uint8Array): void {
    const delivery: Delivery = { pneId, ticket: undefined };
    this.requests.set(request, delivery);
    this.options.host.deliver(pneId, payload, (ticket) => this.stored(request, delivery, ticket));
  }

  /** What a request is refused for its entity hears; that it is not authorized the owner hears too. */
  private answeringRefusals(request: number, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.requests.delete(request);
      if (error.reasonName === 'notAuthorized') this.options.onRefused('notAuthorized', this.name);
      this.answer(request, STATUSES[error.reasonName] ?? Status.badRequest);
    }
  }

  private stored(request: number, delivery: Delivery, ticket: number | undefined): void {
    if (this.requests.get(request) !== delivery) return;
    delivery.ticket = ticket;
    if (ticket === undefined) this.requests.delete(request);
    this.answer(request, ticket === undefined ? Status.busy : Status.ok);
  }

  private answer(request: number, status: StatusCode): void {
    this.say({ type: EntityMessageType.answer, request, status });
  }

  private tellDevice(pneId: string, permissions: number): void {
    if ((this.told.get(pneId) ?? 0) === permissions) return;
    if (permissions === 0) this.told.delete(pneId);
    else this.told.set(pneId, permissions);
    this.say({ type: EntityMessageType.device, pneId, permissions });
  }

  /** What cannot be sent ends the link: the entity is told of it on the next one. */
  private say(message: EntityNotice): void {
    this.secured.guard(() => this.closingWhereInvalid(() => this.secured.send(encodeEntityNotice(message))));
  }

  /** An entity that has proved itself and sends what is none of these messages is broken, or broken into. */
  private closingWhereInvalid(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof Refusal) this.link.close();
      throw error;
    }
  }
}
