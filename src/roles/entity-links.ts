// SPDX-License-Identifier: Apache-2.0

/**
 * The server's end of CPNS-5 with all external entities: the Responder's. An entity is let in whose credential the
 * server has and whose grant holds; a newer link of it that is secured ends the older.
 */
import type { Grants } from '../authorization/authority.ts';
import { equalBytes } from '../bytes/compare.ts';
import type { Party } from '../handshake/credential.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { NodeLimits } from '../node-limits.ts';
import { refuse } from '../refusal.ts';
import { type EntityHost, EntityLink, type EntityLinkOptions } from './entity-link.ts';
import { makeRoom } from './room.ts';
import type { ContentOutcome } from './server-peer.ts';

export interface EntityLinksOptions extends Omit<EntityLinkOptions, 'link' | 'onSecured' | 'host'> {
  readonly host: Omit<EntityHost, 'isGranted'>;
  /** What was granted to entities. */
  readonly grants: Grants;
}

export interface EntityLinks {
  /** Adopts a link, or closes it where there is no room. Returns what the link shall call. */
  attach(link: Link): LinkEvents;
  /** Readings were kept for entities. */
  proceed(): void;
  /** Devices, their groups or grants have changed: who has no grant any more is gone, the others are told. */
  refresh(): void;
  /** A content that may be an entity's has come to its end. */
  settle(pneId: string, ticket: number, outcome: ContentOutcome): void;
  /** Closes the link of an entity, whose credential is withdrawn, by its subject. */
  expel(entity: string): void;
}

export function createEntityLinks(options: EntityLinksOptions): EntityLinks {
  const role = new ServerEnd(options);
  return {
    attach: (link) => role.attach(link),
    proceed: () => role.withEach((end) => end.proceed()),
    refresh: () => role.refresh(),
    settle: (pneId, ticket, outcome) => role.withEach((end) => end.settle(pneId, ticket, outcome)),
    expel: (entity) => role.expel(({ subject }) => subject === entity),
  };
}

const IGNORE: LinkEvents = Object.freeze({ onMessage(): void {}, onClosed(): void {} });

class ServerEnd {
  private readonly options: EntityLinksOptions & Pick<EntityLinkOptions, 'host'>;
  /** The oldest first. */
  private readonly links = new Set<EntityLink>();

  constructor(options: EntityLinksOptions) {
    const { own, grants, host } = options;
    const isGranted = (entity: string | undefined) => grants.scopeOf(entity).length > 0;
    const admit = ({ subject }: Party) => {
      if (!isGranted(subject)) refuse('notAuthorized');
    };
    this.options = { ...options, own: { ...own, admit }, host: { ...host, isGranted } };
  }

  attach(link: Link): LinkEvents {
    if (!makeRoom(this.links, NodeLimits.serverMaxEntities)) {
      link.close();
      return IGNORE;
    }
    const end: EntityLink = new EntityLink({
      ...this.options,
      link,
      onSecured: (entity) => this.expel(({ cred }) => equalBytes(cred, entity.cred), end),
    });
    this.links.add(end);
    return {
      onMessage: (message) => end.receive(message),
      onClosed: () => {
        this.links.delete(end);
        end.end();
      },
    };
  }

  withEach(work: (end: EntityLink) => void): void {
    for (const end of [...this.links]) if (end.peer !== undefined) work(end);
  }

  refresh(): void {
    const { grants } = this.options;
    this.expel(({ subject }) => grants.scopeOf(subject).length === 0);
    this.withEach((end) => end.tellDevices());
  }

  expel(test: (entity: Party) => boolean, except?: EntityLink): void {
    this.withEach((end) => {
      if (end !== except && test(end.peer!)) end.link.close();
    });
  }
}
