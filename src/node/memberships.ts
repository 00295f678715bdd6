// SPDX-License-Identifier: Apache-2.0

/** Of which service groups a PNE is a member, as it is stored: known before anybody is let in by it. */
import type { GroupRecord } from '../roles/group-record.ts';
import { GROUPS_EDITION, openKeyStore } from './key-store.ts';
import { follow } from './store/following.ts';
import type { KeyValueStore } from './store/store.ts';

export interface Memberships {
  /** References. */
  of(pneId: string): readonly number[];
  close(): void;
}

export async function openMemberships(
  store: KeyValueStore,
  onChanged: () => void,
  onFailed: (error: Error) => void,
): Promise<Memberships> {
  let groups: ReadonlyMap<string, readonly number[]> = new Map();
  async function read(isFirst: boolean): Promise<void> {
    groups = byMember(await load(store));
    if (!isFirst) onChanged();
  }
  const { close } = await follow({ store, edition: GROUPS_EDITION, read, onFailed });
  return { of: (pneId) => groups.get(pneId) ?? [], close };
}

/** By a key store of its own: one remembers what it has loaded, and commits by that. */
function load(store: KeyValueStore): Promise<readonly GroupRecord[]> {
  return new Promise((resolve, reject) => {
    let cause: Error | undefined;
    const keys = openKeyStore({
      store,
      onFailed(error): void {
        cause = error;
      },
    });
    keys.load(resolve, () => reject(cause ?? new Error('groups cannot be read')));
  });
}

function byMember(groups: readonly GroupRecord[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const { reference, members } of groups)
    for (const { pneId } of members) found.set(pneId, [...(found.get(pneId) ?? []), reference]);
  return found;
}
