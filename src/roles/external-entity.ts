// SPDX-License-Identifier: Apache-2.0

/**
 * An external entity: the Initiator of CPNS-5. It gets readings, each until it says that it has it, and sends contents to
 * PNEs. Whatever the server sends again after a lost link, and the entity has taken before, does not come twice.
 */
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import type { PayloadCodec } from '../payload/payload.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import {
  type DroppedReadings,
  decodeEntityNotice,
  EntityMessageType,
  type EntityNotice,
  type EntityReading,
  type EntityRequest,
  encodeEntityRequest,
} from './entity-message.ts';
import {
  type Asked,
  type CapabilitiesOutcome,
  type EntityOutcome,
  type EntityRefusal,
  EntityRequests,
  type PublishOutcome,
} from './entity-requests.ts';
import { InitiatorLink } from './initiator-link.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';

/** A reading that was not seen before. */
export interface ReceivedReading extends EntityReading {
  /** What its payload says. */
  readonly value: unknown;
}

export interface ExternalEntityOptions {
  /** CPNS-5, with the server whose credential this end has. */
  readonly own: InterfaceOptions;
  readonly after: After;
  readonly payloads: PayloadCodec;
  /** Whether it wants readings, or sends contents alone. */
  readonly follows: boolean;
  /** `taken` is called once it is where it shall be for good: the server forgets it then. Safe to call twice. */
  onReading(reading: ReceivedReading, taken: () => void): void;
  /** The server names what it did not keep. A later one with the same first takes the place of this one. */
  onDropped(dropped: DroppedReadings, taken: () => void): void;
  /** What it may do with a PNE, in bits of EntityPermission; 0: that is gone. A new link begins with all of them. */
  onDevice(pneId: string, permissions: number): void;
  /** The link is there and secured, or gone. */
  onServer(isThere: boolean): void;
  onAgreed(agreement: Agreement): void;
  /** A message was refused and dropped. `peerRefused`: the server says so of this end, or somebody else does. */
  onRefused(reason: ReasonName): void;
}

export interface ExternalEntity {
  /** Adopts a link to the server. Returns what the link shall call. */
  attach(link: Link): LinkEvents;
  /**
   * Sends a content to a PNE; `settled` is called once. Refuses `linkClosed` without a server, `queueFull` where too many
   * have not come to their end, and what src/payload refuses.
   */
  deliver(pneId: string, value: unknown, settled: (outcome: EntityOutcome) => void): void;
  /**
   * Sends a content to each member of a service group, by its reference; `done` is called once. Refuses as `deliver`; the
   * server takes one at a time.
   */
  publish(group: number, value: unknown, done: (outcome: PublishOutcome) => void): void;
  /** Asks what a PNE can do; `done` is called once. Refuses `linkClosed` and `queueFull` as `deliver`. */
  query(pneId: string, done: (outcome: CapabilitiesOutcome) => void): void;
}

export function createExternalEntity(options: ExternalEntityOptions): ExternalEntity {
  const role = new EntityRole(options);
  return Object.freeze<ExternalEntity>({
    attach: (link) => role.attach(link),
    deliver: (pneId, value, settled) => role.deliver(pneId, value, settled),
    publish: (group, value, done) => role.publish(group, value, done),
    query: (pneId, done) => role.query(pneId, done),
  });
}

const { entityMemory } = NodeLimits;

/** Under which number a link has something. */
interface Place {
  readonly end: InitiatorLink;
  readonly number: number;
}

class EntityRole {
  private readonly options: ExternalEntityOptions;
  private current: InitiatorLink | undefined;
  /** Readings that its owner has and has not taken yet, and where they came last. */
  private readonly pending = new Map<string, Place>();
  /** Those that were taken last, the oldest first: the server may not have heard of it. */
  private readonly seen = new Set<string>();
  private readonly requests = new EntityRequests();

  constructor(options: ExternalEntityOptions) {
    this.options = options;
  }

  attach(link: Link): LinkEvents {
    const { onServer, follows } = this.options;
    let isSecured = false;
    const end: InitiatorLink = new InitiatorLink(
      {
        ...this.options,
        onSecured: () => {
          isSecured = true;
          this.current = end;
          onServer(true);
          if (follows) this.say(end, { type: EntityMessageType.follow });
        },
        onMessage: (message) => this.receive(end, decodeEntityNotice(message)),
      },
      link,
    );
    end.start();
    return {
      onMessage: (message) => end.receive(message),
      onClosed: () => {
        end.end();
        if (this.current === end) this.current = undefined;
        if (!isSecured) return;
        this.requests.lose();
        onServer(false);
      },
    };
  }

  deliver(pneId: string, value: unknown, settled: (outcome: EntityOutcome) => void): void {
    const { deliver: type } = EntityMessageType;
    const make = (request: number) => ({
      type,
      request,
      pneId,
      payload: this.options.payloads.encode(value),
    });
    this.ask(make, { type, end: settled });
  }

  publish(group: number, value: unknown, done: (outcome: PublishOutcome) => void): void {
    const { publish: type } = EntityMessageType;
    const end = (outcome: EntityRefusal | 'unknown') => done({ outcome });
    const make = (request: number) => ({
      type,
      request,
      group,
      payload: this.options.payloads.encode(value),
    });
    this.ask(make, { type, done, end });
  }

  query(pneId: string, done: (outcome: CapabilitiesOutcome) => void): void {
    const { query: type } = EntityMessageType;
    const end = (outcome: EntityRefusal | 'unknown') => done({ outcome });
    this.ask((request) => ({ type, request, pneId }), { type, done, end });
  }

  private ask(make: (request: number) => EntityRequest, asked: Asked): void {
    const end = this.current ?? refuse('linkClosed');
    this.requests.ask((request) => end.send(encodeEntityRequest(make(request))), asked);
  }

  private receive(end: InitiatorLink, message: EntityNotice): void {
    switch (message.type) {
      case EntityMessageType.reading:
        return this.receiveReading({ end, number: message.number }, message.reading);
      case EntityMessageType.dropped:
        return this.options.onDropped(message.dropped, () => this.take({ end, number: message.number }));
      case EntityMessageType.device:
        return this.options.onDevice(message.pneId, message.permissions);
      default:
        return this.requests.answered(message);
    }
  }

  private receiveReading(place: Place, reading: EntityReading): void {
    const key = `${reading.pneId}\0${reading.id}`;
    if (this.seen.has(key)) return this.takeReading(place, key);
    if (this.pending.has(key)) return void this.pending.set(key, place);
    if (this.pending.size >= entityMemory) refuse('queueFull');
    const value = this.options.payloads.decode(reading.payload);
    this.pending.set(key, place);
    this.options.onReading({ ...reading, value }, () => {
      const last = this.pending.get(key);
      if (last === undefined) return;
      this.pending.delete(key);
      this.takeReading(last, key);
    });
  }

  private takeReading(place: Place, key: string): void {
    this.remember(key);
    this.take(place);
  }

  /** Where the link is gone the server sends it again, and hears then. */
  private take({ end, number }: Place): void {
    if (end === this.current) this.say(end, { type: EntityMessageType.taken, number });
  }

  private remember(key: string): void {
    this.seen.delete(key);
    this.seen.add(key);
    for (const oldest of this.seen) {
      if (this.seen.size <= entityMemory) return;
      this.seen.delete(oldest);
    }
  }

  private say(end: InitiatorLink, message: EntityRequest): void {
    end.guard(() => end.send(encodeEntityRequest(message)));
  }
}
