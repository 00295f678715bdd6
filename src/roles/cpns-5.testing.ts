// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: a server and external entities that are joined by links in memory, of CPNS-5 alone. Messages move when
 * `settle` is called, past a tap, and time when `clock` is moved.
 */
import { Authority } from '../authorization/authority.ts';
import { THIS_END } from '../authorization/cti.ts';
import type { Context } from '../authorization/decision.ts';
import {
  type EntityRights,
  entityScope,
  mayPublish,
  mayWithDevices,
  permissionsWith,
} from '../authorization/entity-access.ts';
import { DEFAULT_PN } from '../authorization/membership.ts';
import { Curve } from '../crypto/curves.ts';
import { createCredentialStore, type Identity } from '../handshake/credential.ts';
import { createIdentity } from '../handshake/test-fixture.ts';
import { groupNumber, isPersonalNetwork } from '../keys/reference.ts';
import { type Attestation, PLAIN_STREAM } from '../link/attestation.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { VirtualTime } from '../link/time.testing.ts';
import { createCborXPayloads } from '../payload/codec.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import { createEntityLinks, type EntityLinks } from './entity-links.ts';
import type { Capabilities, DroppedReadings, Published } from './entity-message.ts';
import type { EntityOutcome } from './entity-requests.ts';
import type { EntityStore, KeptForEntity } from './entity-store.ts';
import { createExternalEntity, type ExternalEntity, type ReceivedReading } from './external-entity.ts';
import { IDENTITIES, PROVIDER } from './identities.testing.ts';
import { type Agreement, type InterfaceOptions, staticDhInterface } from './interface.ts';

export const PAYLOADS = createCborXPayloads();
export const BRIDGE = createIdentity(PROVIDER, Curve.P256, 'bridge', Uint8Array.of(21));
export const OTHER = createIdentity(PROVIDER, Curve.P256, 'dashboard', Uint8Array.of(22));
/** One that the server does not know. */
export const STRANGER = createIdentity(PROVIDER, Curve.P256, 'stranger', Uint8Array.of(23));

/** How long the grants of the tests hold, in seconds. */
export const GRANTED_SECONDS = 10_000;

export type Towards = 'server' | 'entity';

/** Keeps readings as long as the test does, and answers when it says so. */
export class TestStore implements EntityStore {
  readonly kept = new Map<string, KeptForEntity[]>();
  /** What was gone for good, by place. */
  readonly forgotten: string[] = [];
  fails = false;
  /** Answers that wait while it is slow. */
  isSlow = false;
  readonly answers: (() => void)[] = [];
  private places = 0;

  keep(entity: string, pneId: string, id: number, value: unknown = { value: id }): void {
    const reading = { pneId, id, arrived: 1000 + id, payload: PAYLOADS.encode(value) };
    this.add(entity, { place: `r${this.places++}`, version: 1, reading });
  }

  drop(entity: string, dropped: DroppedReadings): void {
    this.add(entity, { place: `d${this.places++}`, version: 1, dropped });
  }

  first(
    entity: string,
    limit: number,
    done: (kept: readonly KeptForEntity[]) => void,
    failed: () => void,
  ): void {
    this.answer(() => (this.fails ? failed() : done((this.kept.get(entity) ?? []).slice(0, limit))));
  }

  forget(entity: string, kept: readonly KeptForEntity[], done: (forgotten: boolean) => void): void {
    this.answer(() => {
      if (this.fails) return done(false);
      const places = new Set(kept.map(({ place }) => place));
      this.kept.set(
        entity,
        (this.kept.get(entity) ?? []).filter(({ place }) => !places.has(place)),
      );
      this.forgotten.push(...places);
      done(true);
    });
  }

  private add(entity: string, kept: KeptForEntity): void {
    this.kept.set(entity, [...(this.kept.get(entity) ?? []), kept]);
  }

  private answer(work: () => void): void {
    if (this.isSlow) this.answers.push(work);
    else work();
  }
}

export interface TestEntity {
  readonly role: ExternalEntity;
  readonly readings: { readonly reading: ReceivedReading; taken(): void }[];
  readonly dropped: { readonly dropped: DroppedReadings; taken(): void }[];
  /** What it may do with each PNE. */
  readonly devices: Map<string, number>;
  readonly outcomes: EntityOutcome[];
  readonly agreements: Agreement[];
  readonly refusals: ReasonName[];
  isThere: boolean;
  readonly isOpen: boolean;
  close(): void;
  /** Comes again by a new link. */
  rejoin(): void;
  deliver(pneId: string, value: unknown): void;
  /** Puts a message on the link as an attacker could. */
  inject(message: Uint8Array, towards: Towards): void;
}

export interface JoinOptions {
  readonly identity?: Identity;
  readonly own?: Partial<InterfaceOptions>;
  readonly follows?: boolean;
  readonly attestations?: { readonly entity?: Attestation; readonly server?: Attestation };
}

interface Wire {
  isOpen: boolean;
  server?: LinkEvents;
  entity?: LinkEvents;
}

export class Cpns5 {
  readonly clock = new VirtualTime();
  readonly store = new TestStore();
  readonly grants = new Authority({ now: () => Math.floor(this.clock.now / 1000) });
  readonly links: EntityLinks;
  readonly agreements: Agreement[] = [];
  readonly refusals: { readonly reason: ReasonName; readonly entity: string | undefined }[] = [];
  readonly pnes = ['pne-1', 'pne-2'];
  /** How open the contents of PNEs are, where they are not to all who have a grant. */
  readonly contexts = new Map<string, Context>();
  /** For what owners were asked: entity and PNE. */
  readonly asked: string[] = [];
  /** Contents that were queued; `taken` is called when the test does. */
  readonly contents: {
    readonly pneId: string;
    readonly value: unknown;
    taken(ticket: number | undefined): void;
  }[] = [];
  /** Contents for groups; `done` is called when the test does. */
  readonly publications: {
    readonly group: number;
    readonly value: unknown;
    done(published: Published): void;
  }[] = [];
  /** References of service groups that there are. */
  readonly groups = new Set([2]);
  readonly capabilities = new Map<string, Capabilities>();
  isFull = false;
  /** What shall pass in place of a message. */
  tap: (message: Uint8Array, towards: Towards) => readonly Uint8Array[] = (message) => [message];
  private readonly queue: (() => void)[] = [];

  constructor() {
    const peers = createCredentialStore([BRIDGE.credential, OTHER.credential]);
    this.links = createEntityLinks({
      own: { ...staticDhInterface('server', 'CPNS-5', PROVIDER, IDENTITIES.server, []), peers },
      after: this.clock.after,
      grants: this.grants,
      store: this.store,
      host: {
        permissionsOf: (entity, pneId) => this.permissionsOf(entity, pneId),
        devicesFor: (entity) => this.pnes.filter((pneId) => this.permissionsOf(entity, pneId) !== 0),
        ask: (entity, pneId) => void this.asked.push(`${entity} ${pneId}`),
        deliver: (pneId, payload, taken) => {
          if (this.isFull) refuse('queueFull');
          this.contents.push({ pneId, value: PAYLOADS.decode(payload), taken });
        },
        mayPublish: (entity, group) =>
          !isPersonalNetwork(group) && mayPublish(this.grants, entity, groupNumber(group)),
        publish: (group, payload, done) => {
          if (!this.groups.has(group)) refuse('groupUnknown');
          this.publications.push({ group, value: PAYLOADS.decode(payload), done });
        },
        capabilitiesOf: (entity, pneId) => {
          if (!mayWithDevices(this.grants, entity, 'devices-capabilities', DEFAULT_PN))
            refuse('notAuthorized');
          return this.capabilities.get(pneId);
        },
      },
      onAgreed: (agreement) => void this.agreements.push(agreement),
      onRefused: (reason, entity) => void this.refusals.push({ reason, entity }),
    });
  }

  /** Everything about every PNE, unless told otherwise: PNEs have the numbers of their names. */
  grant(entity: string, sequence = 0, read: 'all' | number = 'all', command: 'all' | number = 'all'): void {
    const objectOf = (what: 'all' | number) => (what === 'all' ? what : { pne: what });
    const scope = entityScope({ read: [objectOf(read)], command: [objectOf(command)], pn: DEFAULT_PN });
    const exp = Math.floor(this.clock.now / 1000) + GRANTED_SECONDS;
    this.grants.hold(entity, { audience: THIS_END, sequence, scope, expiry: { exp } });
  }

  /** These rights and no others. */
  grantRights(entity: string, rights: Partial<EntityRights>, sequence = 0): void {
    const scope = entityScope({ read: [], command: [], pn: DEFAULT_PN, ...rights });
    const exp = Math.floor(this.clock.now / 1000) + GRANTED_SECONDS;
    this.grants.hold(entity, { audience: THIS_END, sequence, scope, expiry: { exp } });
  }

  settle(): void {
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) next();
  }

  join({ identity = BRIDGE, own, follows = true, attestations = {} }: JoinOptions = {}): TestEntity {
    const readings: TestEntity['readings'][number][] = [];
    const dropped: TestEntity['dropped'][number][] = [];
    const devices = new Map<string, number>();
    const [outcomes, agreements, refusals]: [EntityOutcome[], Agreement[], ReasonName[]] = [[], [], []];
    let wire: Wire = { isOpen: false };
    const role = createExternalEntity({
      own: {
        ...staticDhInterface('external', 'CPNS-5', PROVIDER, identity, [IDENTITIES.server.credential]),
        ...own,
      },
      ...{ after: this.clock.after, payloads: PAYLOADS, follows },
      onReading: (reading, taken) => void readings.push({ reading, taken }),
      onDropped: (each, taken) => void dropped.push({ dropped: each, taken }),
      onDevice: (pneId, permissions) =>
        void (permissions === 0 ? devices.delete(pneId) : devices.set(pneId, permissions)),
      onServer: (isThere) => {
        entity.isThere = isThere;
      },
      onAgreed: (agreement) => void agreements.push(agreement),
      onRefused: (reason) => void refusals.push(reason),
    });
    const rejoin = () => {
      wire = { isOpen: true };
      const own = wire;
      own.server = this.links.attach(this.end(own, 'entity', attestations.server));
      own.entity = role.attach(this.end(own, 'server', attestations.entity));
    };
    const entity: TestEntity = {
      ...{ role, readings, dropped, devices, outcomes, agreements, refusals, isThere: false, rejoin },
      get isOpen(): boolean {
        return wire.isOpen;
      },
      close: () => this.close(wire),
      deliver: (pneId, value) => role.deliver(pneId, value, (outcome) => void outcomes.push(outcome)),
      inject(message, towards): void {
        if (wire.isOpen) wire[towards]?.onMessage(message);
      },
    };
    rejoin();
    this.settle();
    return entity;
  }

  private permissionsOf(entity: string, pneId: string): number {
    if (!this.pnes.includes(pneId)) return 0;
    const target = { number: Number(pneId.slice(4)), groups: [] };
    return permissionsWith(this.grants, entity, target, this.contexts.get(pneId));
  }

  private end(wire: Wire, towards: Towards, attestation = PLAIN_STREAM): Link {
    return {
      attestation: () => attestation,
      close: () => this.close(wire),
      send: (message) => {
        if (!wire.isOpen) refuse('linkClosed');
        for (const passed of this.tap(message.slice(), towards))
          this.queue.push(() => {
            if (wire.isOpen) wire[towards]?.onMessage(passed);
          });
      },
    };
  }

  private close(wire: Wire): void {
    if (!wire.isOpen) return;
    wire.isOpen = false;
    this.queue.push(() => {
      wire.server?.onClosed();
      wire.entity?.onClosed();
    });
  }
}
