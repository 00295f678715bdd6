// SPDX-License-Identifier: Apache-2.0

/**
 * The groups of a CPNS Server as they are stored, and the user keys of the PNEs that it talks with. One commit at a
 * time; what one that failed has come to, the store is asked until it answers, and nothing is said meanwhile.
 */
import { equalBytes } from '../bytes/compare.ts';
import { ImplementationLimits } from '../limits.ts';
import type { After } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { GroupRecord, UserKeyRecord } from './group-record.ts';
import { encodeGroupRecord } from './group-record-codec.ts';
import type { KeyChanges, KeyStore } from './key-store.ts';

/** A change, which takes place when it is stored. */
export interface KeyChange {
  /** Returns what changes. Called when its turn has come, and again where another process came first. */
  apply(ledger: KeyView): Partial<KeyChanges>;
  /** It is stored, or it has not taken place: `refusal` says what `apply` has refused. */
  done(stored: boolean, refusal?: Refusal): void;
}

/** What a change is decided by. It takes place where all that it has read is so still. */
export interface KeyView {
  readonly groups: ReadonlyMap<number, GroupRecord>;
  userOf(pneId: string): UserKeyRecord | undefined;
}

export interface KeyLedgerOptions {
  readonly store: KeyStore;
  readonly after: After;
  /** Groups were changed, or loaded: `former` is what they were. */
  onGroups(changed: readonly GroupRecord[], ended: readonly GroupRecord[]): void;
  onUser(pneId: string, record: UserKeyRecord): void;
  onFailed(): void;
}

interface Waiting {
  readonly change: KeyChange;
  readonly tries: number;
}

const MAX_TRIES = 3;

function ignore(): void {}

export class KeyLedger implements KeyView {
  readonly groups = new Map<number, GroupRecord>();
  private readonly options: KeyLedgerOptions;
  /** Of those that were loaded; undefined: there is none. */
  private readonly users = new Map<string, UserKeyRecord | undefined>();
  private readonly waiting: Waiting[] = [];
  /** Loading or committing: changes wait. */
  private isBusy = true;
  private isStale = false;
  private isLoaded = false;
  private readonly waitingToLoad: (() => void)[] = [];
  private waitingToRefresh: (() => void)[] = [];
  /** User keys that are to be read anew, and what is called then. */
  private readonly staleUsers = new Map<string, () => void>();

  constructor(options: KeyLedgerOptions) {
    this.options = options;
  }

  /** To be called once, when its owner is made. */
  start(): void {
    this.load();
  }

  /** Of a PNE whose record was loaded. */
  userOf(pneId: string): UserKeyRecord | undefined {
    return this.users.get(pneId);
  }

  /** Another process has changed the store. Calls `then` when it was read behind that. */
  refresh(then: () => void = ignore): void {
    this.waitingToRefresh.push(then);
    if (this.isBusy) this.isStale = true;
    else this.load();
  }

  /** The same of one user key. Nothing is called where it was not loaded. */
  refreshUser(pneId: string, then: () => void): void {
    if (!this.users.has(pneId)) return;
    this.staleUsers.set(pneId, then);
    if (!this.isBusy) this.work();
  }

  /** Calls `then` when all groups are loaded and the user key of this PNE is, or `failed`. */
  withUser(pneId: string, then: () => void, failed: () => void = ignore): void {
    if (!this.isLoaded) return this.whenLoaded(() => this.withUser(pneId, then, failed));
    if (this.users.has(pneId)) return then();
    this.options.store.loadUser(
      pneId,
      (record) => {
        this.users.set(pneId, record);
        then();
      },
      () => {
        this.options.onFailed();
        failed();
      },
    );
  }

  /** Calls `then` when all groups are loaded. */
  whenLoaded(then: () => void): void {
    if (this.isLoaded) then();
    else this.waitingToLoad.push(then);
  }

  forgetUser(pneId: string): void {
    this.users.delete(pneId);
  }

  /** Refuses `queueFull` where too many wait. */
  change(change: KeyChange): void {
    if (this.waiting.length >= NodeLimits.serverMaxWaitingChanges) refuse('queueFull');
    this.waiting.push({ change, tries: 0 });
    if (!this.isBusy) this.work();
  }

  private work(): void {
    this.isBusy = false;
    if (this.isStale) return this.load();
    for (const [pneId, then] of this.staleUsers) return this.loadUser(pneId, then);
    const next = this.waiting.shift();
    if (next !== undefined) this.decide(next);
  }

  private decide(next: Waiting): void {
    this.isBusy = true;
    const read = new Set<string>();
    const decision = this.applied(next.change, read);
    const unread = [...read].find((pneId) => !this.users.has(pneId));
    if (unread !== undefined) return this.loadFor(next, unread);
    if (!(decision instanceof Refusal)) return this.commit({ ...decision, read: [...read] }, next);
    next.change.done(false, decision);
    this.work();
  }

  /** `read`: is told which PNEs' user keys it was decided by. */
  private applied(change: KeyChange, read: Set<string>): Omit<KeyChanges, 'read'> | Refusal {
    const userOf = (pneId: string) => {
      read.add(pneId);
      return this.users.get(pneId);
    };
    try {
      const view = { groups: this.groups, userOf };
      return { groups: [], ended: [], users: [], switches: [], ...change.apply(view) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return error;
    }
  }

  /** It is decided again when this user key is there. */
  private loadFor(next: Waiting, pneId: string): void {
    this.options.store.loadUser(
      pneId,
      (record) => {
        this.setUser(pneId, record);
        this.decide(next);
      },
      () => {
        this.options.onFailed();
        next.change.done(false);
        this.work();
      },
    );
  }

  private commit(changes: KeyChanges, { change, tries }: Waiting): void {
    const { groups, ended, users, switches } = changes;
    const settle = (stored: boolean) => {
      if (!stored && tries + 1 < MAX_TRIES) this.waiting.unshift({ change, tries: tries + 1 });
      else change.done(stored);
      this.work();
    };
    if (groups.length + ended.length + users.length + switches.length === 0) return settle(true);
    this.options.store.commit(changes, (stored) => {
      if (!stored) return this.findOut(changes, settle);
      this.adopt(changes);
      settle(true);
    });
  }

  /** Of a commit that failed: whether it is stored all the same. */
  private findOut(changes: KeyChanges, settle: (stored: boolean) => void): void {
    const { store } = this.options;
    const again = () => this.later(() => this.findOut(changes, settle));
    const names = new Set([...changes.read, ...changes.users.map(({ pneId }) => pneId)]);
    const loaded = (groups: readonly GroupRecord[]) => {
      this.replace(groups);
      settle(this.holds(changes));
    };
    this.loadUsers([...names], () => store.load(loaded, again), again);
  }

  private loadUsers([pneId, ...others]: readonly string[], done: () => void, failed: () => void): void {
    if (pneId === undefined) return done();
    this.options.store.loadUser(
      pneId,
      (record) => {
        this.setUser(pneId, record);
        this.loadUsers(others, done, failed);
      },
      failed,
    );
  }

  /** What is asked for is not loaded: it is stored again. */
  private holds({ groups, ended, users, switches }: KeyChanges): boolean {
    const isHeld = (record: GroupRecord) => isSame(this.groups.get(record.reference), record);
    const isStored = groups.every(isHeld) && !ended.some((reference) => this.groups.has(reference));
    const areStored = users.every(({ pneId, record }) => isSameUser(this.users.get(pneId), record));
    return isStored && areStored && switches.length === 0;
  }

  private load(): void {
    this.isBusy = true;
    this.isStale = false;
    const refreshed = this.waitingToRefresh;
    this.waitingToRefresh = [];
    this.options.store.load(
      (groups) => {
        this.replace(groups);
        this.isLoaded = true;
        for (const work of [...this.waitingToLoad.splice(0), ...refreshed]) work();
        this.work();
      },
      () => {
        this.waitingToRefresh.unshift(...refreshed);
        this.later(() => this.load());
      },
    );
  }

  /** One that cannot be read is loaded when it is asked for next. */
  private loadUser(pneId: string, then: () => void): void {
    this.isBusy = true;
    this.staleUsers.delete(pneId);
    this.options.store.loadUser(
      pneId,
      (record) => {
        this.setUser(pneId, record);
        then();
        this.work();
      },
      () => {
        this.users.delete(pneId);
        this.options.onFailed();
        this.work();
      },
    );
  }

  private later(work: () => void): void {
    this.options.onFailed();
    this.options.after(ImplementationLimits.storeRetryMs, work);
  }

  private replace(loaded: readonly GroupRecord[]): void {
    const references = new Set(loaded.map(({ reference }) => reference));
    const ended = [...this.groups.keys()].filter((reference) => !references.has(reference));
    const groups = loaded.filter((record) => !isSame(this.groups.get(record.reference), record));
    this.adopt({ groups, ended, users: [] });
  }

  private adopt({ groups, ended, users }: Omit<KeyChanges, 'switches' | 'read'>): void {
    const gone = ended.flatMap((reference) => this.groups.get(reference) ?? []);
    for (const record of groups) this.groups.set(record.reference, record);
    for (const reference of ended) this.groups.delete(reference);
    for (const { pneId, record } of users) this.setUser(pneId, record);
    if (groups.length + gone.length > 0) this.options.onGroups(groups, gone);
  }

  private setUser(pneId: string, record: UserKeyRecord | undefined): void {
    this.users.set(pneId, record);
    if (record !== undefined) this.options.onUser(pneId, record);
  }
}

function isSame(a: GroupRecord | undefined, b: GroupRecord): boolean {
  return a !== undefined && equalBytes(encodeGroupRecord(a), encodeGroupRecord(b));
}

function isSameUser(a: UserKeyRecord | undefined, b: UserKeyRecord): boolean {
  return a !== undefined && equalBytes(a.salt, b.salt) && a.isRevoked === b.isRevoked;
}
