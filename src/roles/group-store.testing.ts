// SPDX-License-Identifier: Apache-2.0

/** Test code: what a server and a PNE have stored, for a test to look at, change and make fail. */
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import type { MemoryMedium } from '../store/medium.testing.ts';
import { eraseSealedStore, openSealedStore } from '../store/sealed-store.ts';
import type { SealedStore } from '../store/store.ts';
import type { GroupRecord, UserKeyRecord } from './group-record.ts';
import type { KeyChanges, KeyStore, SwitchRequest } from './key-store.ts';

export interface GroupServerStore {
  readonly groups: Map<number, GroupRecord>;
  readonly users: Map<string, UserKeyRecord>;
  /** PNs that are to move, by their references. */
  readonly switches: Map<number, SwitchRequest>;
  isFull: boolean;
  commits: number;
}

export function newGroupServerStore(): GroupServerStore {
  return { groups: new Map(), users: new Map(), switches: new Map(), isFull: false, commits: 0 };
}

/** Over records that outlast the server, as a database's do, which answers `later`. */
export function storeOver(store: GroupServerStore, later: (work: () => void) => void): KeyStore {
  return {
    load: (done) => later(() => done([...store.groups.values()])),
    loadUser: (pneId, done) => later(() => done(store.users.get(pneId))),
    commit({ groups, ended, users, switches }: KeyChanges, done): void {
      if (store.isFull) return later(() => done(false));
      store.commits += 1;
      for (const record of groups) store.groups.set(record.reference, record);
      for (const reference of ended) store.groups.delete(reference);
      for (const { pneId, record } of users) store.users.set(pneId, record);
      for (const request of switches) store.switches.set(request.reference, request);
      later(() => done(true));
    },
  };
}

/** As a device does: one that does not verify is begun anew. */
export function openStore(provider: CryptoProvider, root: Secret, medium: MemoryMedium): SealedStore {
  try {
    return openSealedStore(provider, root, medium);
  } catch {
    eraseSealedStore(medium);
    return openSealedStore(provider, root, medium);
  }
}
