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

export interface KeyView {
  readonly groups: ReadonlyMap<number, GroupRecord>;
  /** Of a PNE whose record was loaded. */
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

const MAX_TRIES = 3;

function ignore(): void {}

export class KeyLedger implements KeyView {
  readonly groups = new Map<number, GroupRecord>();
  private readonly options: KeyLedgerOptions;
  private readonly users = new Map<string, UserKeyRecord>();
  private readonly waiting: { readonly change: KeyChange; tries: number }[] = [];
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
        if (record !== undefined) this.users.set(pneId, record);
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
    if (next === undefined) return;
    this.isBusy = true;
    const changes = this.applied(next.change);
    if (changes === undefined) this.work();
    else this.commit(changes, next.change, next.tries);
  }

  private applied(change: KeyChange): KeyChanges | undefined {
    try {
      return { groups: [], ended: [], users: [], switches: [], ...change.apply(this) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      change.done(false, error);
      return undefined;
    }
  }

  private commit(changes: KeyChanges, change: KeyChange, tries: number): void {
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
    const finish = (usersAreStored: boolean) =>
      store.load((groups) => {
        this.replace(groups);
        settle(usersAreStored && this.holds(changes));
      }, again);
    const [user] = changes.users;
    if (user === undefined) return finish(true);
    const { pneId, record } = user;
    store.loadUser(
      pneId,
      (found) => {
        if (found === undefined) this.users.delete(pneId);
        else this.setUser(pneId, found);
        finish(
          found !== undefined && equalBytes(found.salt, record.salt) && found.isRevoked === record.isRevoked,
        );
      },
      again,
    );
  }

  /** What is asked for is not loaded: it is stored again. */
  private holds({ groups, ended, switches }: KeyChanges): boolean {
    const isHeld = (record: GroupRecord) => isSame(this.groups.get(record.reference), record);
    const isStored = groups.every(isHeld) && !ended.some((reference) => this.groups.has(reference));
    return isStored && switches.length === 0;
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
        if (record === undefined) this.users.delete(pneId);
        else this.setUser(pneId, record);
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

  private adopt({ groups, ended, users }: Omit<KeyChanges, 'switches'>): void {
    const gone = ended.flatMap((reference) => this.groups.get(reference) ?? []);
    for (const record of groups) this.groups.set(record.reference, record);
    for (const reference of ended) this.groups.delete(reference);
    for (const { pneId, record } of users) this.setUser(pneId, record);
    if (groups.length + gone.length > 0) this.options.onGroups(groups, gone);
  }

  private setUser(pneId: string, record: UserKeyRecord): void {
    this.users.set(pneId, record);
    this.options.onUser(pneId, record);
  }
}

function isSame(a: GroupRecord | undefined, b: GroupRecord): boolean {
  return a !== undefined && equalBytes(encodeGroupRecord(a), encodeGroupRecord(b));
}
