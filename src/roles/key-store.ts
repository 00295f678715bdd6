// SPDX-License-Identifier: Apache-2.0

import type { Asker } from '../authorization/service-access.ts';
import type { GroupRecord, UserKeyRecord } from './group-record.ts';

/** A PN that is to move, which is decided again when its new gateway is there (src/node/switches.ts). */
export interface SwitchRequest {
  /** Of the PN. */
  readonly reference: number;
  readonly gateway: string;
  readonly asker: Asker;
}

/** What is stored as a whole or not at all. */
export interface KeyChanges {
  readonly groups: readonly GroupRecord[];
  /** References of groups that end. */
  readonly ended: readonly number[];
  readonly users: readonly { readonly pneId: string; readonly record: UserKeyRecord }[];
  /** PNs that are to move, each in place of what was asked for it before. */
  readonly switches: readonly SwitchRequest[];
  /** PNEs whose user keys, or that they have none, it was decided by. */
  readonly read: readonly string[];
}

/** Where a CPNS Server keeps its groups and what it knows of user keys. */
export interface KeyStore {
  /** Calls `done` with all groups as they were committed last, or `failed`. */
  load(done: (groups: readonly GroupRecord[]) => void, failed: () => void): void;
  /** The same of one user key; undefined where there is none. */
  loadUser(pneId: string, done: (record: UserKeyRecord | undefined) => void, failed: () => void): void;
  /**
   * Calls `done` when it will outlast any failure; with false where it may not, or where something of it, or that it
   * was decided by, is not what was last loaded or committed here. There is one commit at a time, and after one that
   * failed all is loaded.
   */
  commit(changes: KeyChanges, done: (stored: boolean) => void): void;
}

/** Keeps them as long as the process lives. Nobody there moves a PN. */
export function createMemoryKeyStore(): KeyStore {
  const groups = new Map<number, GroupRecord>();
  const users = new Map<string, UserKeyRecord>();
  return {
    load: (done) => done([...groups.values()]),
    loadUser: (pneId, done) => done(users.get(pneId)),
    commit(changes, done): void {
      if (changes.switches.length > 0) return done(false);
      for (const record of changes.groups) groups.set(record.reference, record);
      for (const reference of changes.ended) groups.delete(reference);
      for (const { pneId, record } of changes.users) users.set(pneId, record);
      done(true);
    },
  };
}
