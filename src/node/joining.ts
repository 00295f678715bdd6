// SPDX-License-Identifier: Apache-2.0

/**
 * Of which PNs and groups a device on Node becomes a member, or is none any more: what it waits for, and what it hears.
 */
import type { PneKeys } from '../roles/pne-keys.ts';
import { CLOSED, granted, refused, UNANSWERED, type Wished } from './wishes.ts';

export type Membering = Pick<PneKeys, 'groups' | 'join' | 'leave'>;

interface Waiting {
  /** Which of both it waits for. */
  readonly isMember: boolean;
  readonly settle: ((outcome: Wished) => void)[];
}

export class Joining {
  private readonly keys: Membering;
  private readonly onMember: (reference: number, isMember: boolean) => void;
  /** What was told last. */
  private readonly members: Set<number>;
  private readonly waiting = new Map<number, Waiting>();
  private isClosed = false;

  constructor(keys: Membering, onMember: (reference: number, isMember: boolean) => void) {
    this.keys = keys;
    this.onMember = onMember;
    this.members = new Set();
  }

  /** Keys from before the start are there. */
  begin(): void {
    for (const { reference } of this.keys.groups) this.members.add(reference);
  }

  /** The opposite, where it is under way, comes to its end first. */
  async join(reference: number): Promise<Wished> {
    const leaving = this.end(reference, false);
    if (leaving !== undefined) await leaving;
    if (!this.has(reference) && !this.isClosed) this.keys.join(reference);
    return this.arrival(reference);
  }

  /** The same. */
  async leave(reference: number): Promise<Wished> {
    const joining = this.end(reference, true);
    if (joining !== undefined) await joining;
    if (this.isClosed) return CLOSED;
    if (!this.has(reference)) return refused('groupUnknown', 'it is no member');
    this.keys.leave(reference);
    return this.until(reference, false);
  }

  /** Resolves once its key is there, which the server sends by itself. */
  arrival(reference: number): Promise<Wished> {
    return this.has(reference) ? Promise.resolve(DONE) : this.until(reference, true);
  }

  /** It has a key, or none any more. */
  changed(reference: number, isMember: boolean): void {
    if (this.members.has(reference) !== isMember) {
      if (isMember) this.members.add(reference);
      else this.members.delete(reference);
      this.onMember(reference, isMember);
    }
    if (this.waiting.get(reference)?.isMember === isMember) this.settle(reference, DONE);
  }

  /** The server keeps it back. */
  withheld(reference: number): void {
    this.settle(reference, WITHHELD);
  }

  /** The server has said nothing of them. */
  unanswered(): void {
    for (const reference of [...this.waiting.keys()]) this.settle(reference, UNANSWERED);
  }

  close(): void {
    this.isClosed = true;
    for (const reference of [...this.waiting.keys()]) this.settle(reference, CLOSED);
  }

  private has(reference: number): boolean {
    return this.keys.groups.some((group) => group.reference === reference);
  }

  /** What is waited for, whatever becomes of it; undefined: nothing is. */
  private end(reference: number, isMember: boolean): Promise<Wished> | undefined {
    const isUnderWay = this.waiting.get(reference)?.isMember === isMember;
    return isUnderWay ? this.until(reference, isMember) : undefined;
  }

  private until(reference: number, isMember: boolean): Promise<Wished> {
    if (this.isClosed) return Promise.resolve(CLOSED);
    const waiting = this.waiting.get(reference) ?? { isMember, settle: [] };
    this.waiting.set(reference, waiting);
    return new Promise((resolve) => waiting.settle.push(resolve));
  }

  private settle(reference: number, outcome: Wished): void {
    const waiting = this.waiting.get(reference);
    this.waiting.delete(reference);
    for (const settle of waiting?.settle ?? []) settle(outcome);
  }
}

const DONE: Wished = Object.freeze(granted(undefined));
const WITHHELD: Wished<never> = Object.freeze(
  refused('keyWithheld', 'no grant permits it, or there is no such group'),
);
