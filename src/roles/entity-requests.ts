// SPDX-License-Identifier: Apache-2.0

/** What an external entity has asked of its server on the link that it has, until it is answered. */
import { NodeLimits } from '../node-limits.ts';
import { refuse } from '../refusal.ts';
import { type Capabilities, EntityMessageType, type EntityNotice, type Published } from './entity-message.ts';
import type { ContentOutcome } from './server-peer.ts';
import { Status } from './status.ts';

/** Why the server does not do something. */
export type EntityRefusal = 'notAuthorized' | 'busy' | 'badRequest';

/** What became of a content. `unknown`: the link ended before the server said, or nobody can tell. */
export type EntityOutcome = ContentOutcome | EntityRefusal;

/** What became of a content for a group: it is stored for so many of its members, or it is not; `unknown` as above. */
export type PublishOutcome =
  | ({ readonly outcome: 'queued' } & Published)
  | { readonly outcome: EntityRefusal | 'groupUnknown' | 'unknown' };

/** What a PNE can do, or why that is not said. */
export type CapabilitiesOutcome =
  | ({ readonly outcome: 'told' } & Capabilities)
  | { readonly outcome: EntityRefusal | 'entityUnknown' | 'unknown' };

/** What waits for an answer. `end`: with a refusal, or what became of a content. */
export type Asked =
  | { readonly type: typeof EntityMessageType.deliver; end(outcome: EntityOutcome): void }
  | {
      readonly type: typeof EntityMessageType.publish;
      done(outcome: PublishOutcome): void;
      end(outcome: EntityRefusal | 'unknown'): void;
    }
  | {
      readonly type: typeof EntityMessageType.query;
      done(outcome: CapabilitiesOutcome): void;
      end(outcome: EntityRefusal | 'unknown'): void;
    };

type Answer = Extract<
  EntityNotice,
  {
    type:
      | typeof EntityMessageType.answer
      | typeof EntityMessageType.settled
      | typeof EntityMessageType.published
      | typeof EntityMessageType.capabilities;
  }
>;

export class EntityRequests {
  private readonly waiting = new Map<number, Asked>();
  private next = 0;

  /** Refuses `queueFull`, and what `send` refuses, which is given the number of the request. */
  ask(send: (request: number) => void, asked: Asked): void {
    if (this.waiting.size >= NodeLimits.entityMaxRequests) refuse('queueFull');
    send(this.next);
    this.waiting.set(this.next, asked);
    this.next += 1;
  }

  /** Refuses `messageInvalid` an answer to something else than was asked. */
  answered(message: Answer): void {
    switch (message.type) {
      case EntityMessageType.answer:
        return this.fail(message.request, message.status);
      case EntityMessageType.settled:
        return this.settle(message.request, message.outcome);
      case EntityMessageType.published:
        return this.finish(message);
      case EntityMessageType.capabilities:
        return this.tell(message);
    }
  }

  /** Of a request of this kind: what has come to its end needs no further word. */
  private settle(request: number, outcome: ContentOutcome): void {
    const asked = this.waiting.get(request);
    if (asked === undefined) return;
    if (asked.type !== EntityMessageType.deliver) refuse('messageInvalid');
    this.waiting.delete(request);
    asked.end(outcome);
  }

  private fail(request: number, status: number): void {
    if (status === Status.ok) return;
    const asked = this.waiting.get(request);
    this.waiting.delete(request);
    if (asked?.type === EntityMessageType.publish && status === Status.groupUnknown)
      asked.done({ outcome: 'groupUnknown' });
    else if (asked?.type === EntityMessageType.query && status === Status.entityUnknown)
      asked.done({ outcome: 'entityUnknown' });
    else asked?.end(refusalOf(status));
  }

  private finish({ request, queued, missed }: Published & { readonly request: number }): void {
    const asked = this.waiting.get(request);
    if (asked?.type !== EntityMessageType.publish) return refuse('messageInvalid');
    this.waiting.delete(request);
    asked.done({ outcome: 'queued', queued, missed });
  }

  private tell({ request, isHere, fields, services }: Capabilities & { readonly request: number }): void {
    const asked = this.waiting.get(request);
    if (asked?.type !== EntityMessageType.query) return refuse('messageInvalid');
    this.waiting.delete(request);
    asked.done({ outcome: 'told', isHere, fields, services });
  }

  /** The link is gone: nobody can tell what becomes of them. */
  lose(): void {
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const asked of lost) asked.end('unknown');
  }
}

function refusalOf(status: number): EntityRefusal {
  if (status === Status.notAuthorized) return 'notAuthorized';
  return status === Status.busy ? 'busy' : 'badRequest';
}
