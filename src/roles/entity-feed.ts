// SPDX-License-Identifier: Apache-2.0

import type { After, RunningTimer } from '../link/timer.ts';
/**
 * Readings on their way to an external entity over one link: in order, few at a time, each kept until the entity has
 * taken it. Whatever was not taken when a link ended comes again on the next one.
 */
import { NodeLimits } from '../node-limits.ts';
import { refuse } from '../refusal.ts';
import { EntityMessageType, type EntityNotice } from './entity-message.ts';
import type { EntityStore, KeptForEntity } from './entity-store.ts';

export interface EntityFeedOptions {
  readonly entity: string;
  readonly store: EntityStore;
  readonly after: After;
  /** Whether the entity has a grant that holds. */
  isGranted(): boolean;
  /** Whether the entity may read this PNE's readings now. What it may not is not kept for it either. */
  mayRead(pneId: string): boolean;
  send(message: EntityNotice): void;
  /** It has no grant, or what was taken may still be kept: nothing more passes on this link. */
  onFailed(): void;
}

const { entityMaxUnderWay, entityPollMs } = NodeLimits;

export class EntityFeed {
  private readonly options: EntityFeedOptions;
  /** Sent, and not gone from the store, by number. */
  private readonly underWay = new Map<number, KeptForEntity>();
  /** Numbers of those that the entity has taken. */
  private taken: number[] = [];
  private next = 0;
  private isReading = false;
  private isForgetting = false;
  private isClosed = false;
  /** There may be more since reading began. */
  private isWoken = false;
  private timer: RunningTimer | undefined;

  constructor(options: EntityFeedOptions) {
    this.options = options;
  }

  /** There may be something to send. */
  proceed(): void {
    this.isWoken = true;
    const isBusy = this.isReading || this.underWay.size > entityMaxUnderWay / 2;
    if (isBusy || this.isClosed) return;
    this.timer?.cancel();
    if (!this.options.isGranted()) return this.options.onFailed();
    this.isReading = true;
    this.isWoken = false;
    const { store, entity } = this.options;
    store.first(
      entity,
      entityMaxUnderWay + this.underWay.size,
      (kept) => this.continue(kept),
      () => this.continue([]),
    );
  }

  /** The entity has taken what has this number. Refuses `messageInvalid` one that is not under way. */
  take(number: number): void {
    if (!this.underWay.has(number) || this.taken.includes(number)) refuse('messageInvalid');
    this.taken.push(number);
    this.forget();
  }

  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
    this.underWay.clear();
  }

  /** Another process may keep more: it is looked for from time to time. */
  private continue(kept: readonly KeptForEntity[]): void {
    this.isReading = false;
    if (this.isClosed) return;
    const known = new Set([...this.underWay.values()].map(({ place }) => place));
    for (const each of kept) {
      if (this.underWay.size >= entityMaxUnderWay || this.isClosed) break;
      if (!known.has(each.place)) this.begin(each);
    }
    this.forget();
    if (this.isClosed) return;
    this.timer?.cancel();
    this.timer = this.options.after(entityPollMs, () => this.proceed());
    if (this.isWoken) this.proceed();
  }

  private begin(kept: KeptForEntity): void {
    const number = this.next;
    this.next += 1;
    this.underWay.set(number, kept);
    const { reading, dropped } = kept;
    if (!this.options.mayRead((reading ?? dropped).pneId)) return void this.taken.push(number);
    if (reading !== undefined) this.options.send({ type: EntityMessageType.reading, number, reading });
    else this.options.send({ type: EntityMessageType.dropped, number, dropped });
  }

  /** One commit at a time, of all that was taken meanwhile. */
  private forget(): void {
    if (this.isForgetting || this.taken.length === 0) return;
    this.isForgetting = true;
    const numbers = this.taken;
    this.taken = [];
    const kept = numbers.flatMap((number) => this.underWay.get(number) ?? []);
    const { store, entity, onFailed } = this.options;
    store.forget(entity, kept, (forgotten) => {
      this.isForgetting = false;
      if (this.isClosed) return;
      if (!forgotten) return onFailed();
      for (const number of numbers) this.underWay.delete(number);
      this.forget();
      this.proceed();
    });
  }
}
