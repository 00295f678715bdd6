// SPDX-License-Identifier: Apache-2.0

/**
 * Groups and user keys of a CPNS Server, over the key-value contract:
 *
 *     key = 's' reference           group (src/roles/group-record-codec.ts), the reference in 3 bytes
 *     key = 'u' pne-id              user-key
 *     key = 't'                     empty: its version is new with each change of a group, which expects the last
 *
 * Another process may change groups: whoever has them open learns of that. No key is stored (src/keys/hierarchy.ts).
 */
import { concatBytes } from '../bytes/compare.ts';
import { toHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import type { GroupRecord } from '../roles/group-record.ts';
import {
  decodeGroupRecord,
  decodeUserKey,
  encodeGroupRecord,
  encodeUserKey,
} from '../roles/group-record-codec.ts';
import type { KeyChanges, KeyStore } from '../roles/key-store.ts';
import { numberedKey, numberInKey } from './numbered-key.ts';
import { entriesUnder, type KeyValueStore, type Watch } from './store/store.ts';
import { switchPuts } from './switch-requests.ts';

const GROUPS = Uint8Array.of(0x73);
const USERS = Uint8Array.of(0x75);
export const GROUPS_EDITION = Uint8Array.of(0x74);
const NOTHING = new Uint8Array(0);

export interface NodeKeyStoreOptions {
  readonly store: KeyValueStore;
  /** Something was not stored, or cannot be read. */
  onFailed(error: Error): void;
}

export interface NodeKeyStore extends KeyStore {
  /** Calls back some time after a group was changed, by whichever process. */
  watch(onChanged: () => void): Promise<Watch>;
}

export function openKeyStore({ store, onFailed }: NodeKeyStoreOptions): NodeKeyStore {
  /** Of what was last loaded or committed here, by key. */
  const versions = new Map<string, number | undefined>();

  function answer<Result>(work: Promise<Result>, done: (result: Result) => void, failed: () => void): void {
    work.then(done, (error: Error) => {
      onFailed(error);
      failed();
    });
  }

  async function loadAll(): Promise<readonly GroupRecord[]> {
    // Before them: what changes meanwhile is found by the next commit.
    const edition = await store.get(GROUPS_EDITION);
    const found = new Map<string, number>();
    const records: GroupRecord[] = [];
    for await (const { key, value, version } of entriesUnder(store, GROUPS)) {
      found.set(toHex(key), version);
      records.push(decodeGroupRecord(numberInKey(key), value));
    }
    for (const name of versions.keys()) if (name.startsWith(toHex(GROUPS))) versions.delete(name);
    for (const [name, version] of found) versions.set(name, version);
    versions.set(toHex(GROUPS_EDITION), edition?.version);
    return records;
  }

  async function commit({ groups, ended, users, switches, read }: KeyChanges): Promise<boolean> {
    const own = [
      ...groups.map((record) => ({ key: groupKey(record.reference), value: encodeGroupRecord(record) })),
      ...users.map(({ pneId, record }) => ({ key: userKeyRow(pneId), value: encodeUserKey(record) })),
    ];
    const deletes = ended.map(groupKey);
    // Decided by all groups: nobody else has changed one since.
    const isOfGroups = groups.length + ended.length + switches.length > 0;
    if (isOfGroups) own.push({ key: GROUPS_EDITION, value: NOTHING });
    const keys = [...own.map(({ key }) => key), ...deletes, ...read.map(userKeyRow)];
    const expected = unique(keys).map((key) => ({ key, version: versions.get(toHex(key)) }));
    // In place of what anybody has asked for: expected are the groups that it was decided by.
    const puts = [...own, ...switchPuts(switches)];
    const version = await store.commit({ expected, puts, deletes });
    if (version === undefined) return false;
    for (const key of deletes) versions.delete(toHex(key));
    for (const { key } of puts) versions.set(toHex(key), version);
    return true;
  }

  return {
    load: (done, failed) => answer(loadAll(), done, failed),
    loadUser: (pneId, done, failed) =>
      answer(
        store.get(userKeyRow(pneId)),
        (entry) => {
          versions.set(toHex(userKeyRow(pneId)), entry?.version);
          done(entry && decodeUserKey(entry.value));
        },
        failed,
      ),
    commit: (changes, done) => answer(commit(changes), done, () => done(false)),
    watch: (onChanged) => store.watch(GROUPS_EDITION, onChanged),
  };
}

/** Whether there is anything that a root key goes with. */
export async function hasKeys(store: KeyValueStore): Promise<boolean> {
  const pages = await Promise.all([GROUPS, USERS].map((prefix) => store.range(prefix, 1)));
  return pages.some((page) => page.length > 0);
}

function unique(keys: readonly Uint8Array[]): Uint8Array[] {
  return [...new Map(keys.map((key) => [toHex(key), key])).values()];
}

function groupKey(reference: number): Uint8Array {
  return numberedKey(GROUPS, reference);
}

export function userKeyRow(pneId: string): Uint8Array {
  return concatBytes(USERS, encodeUtf8(pneId));
}
