// SPDX-License-Identifier: Apache-2.0

/**
 * Grants (grants.ts) as a server or a gateway that runs decides by them. Another process may change them: whoever has
 * them open learns of that, and the version of a device's entry stands for what was decided by it.
 */
import type { Authority } from '../authorization/authority.ts';
import type { Claims } from '../authorization/claims.ts';
import { decodeUtf8 } from '../bytes/utf8.ts';
import type { Credential } from '../handshake/credential.ts';
import { kidOf } from '../handshake/id-cred.ts';
import { Refusal } from '../refusal.ts';
import type { Revoked } from '../roles/gateway-control.ts';
import { DEVICE_GRANTS, decodeAuthorization, type GrantList, grantKey } from './grants.ts';
import { follow } from './store/following.ts';
import { type Entry, type Expectation, entriesUnder, type KeyValueStore } from './store/store.ts';

export interface HeldGrants {
  readonly authority: Authority;
  /** What has to be so still where something is stored that was decided by a device's grant. */
  expectation(id: string): Expectation;
  /** The minimum of each device of which something was revoked. */
  readonly minimums: ReadonlyMap<string, number>;
  /** Resolves when they are as they are stored. */
  refresh(): Promise<void>;
  close(): void;
}

export interface GrantsOptions {
  readonly store: KeyValueStore;
  readonly list?: GrantList;
  /** With nothing in it. */
  readonly authority: Authority;
  /** Their device has no grant any more. */
  onRevoked(ids: readonly string[]): void;
  /** Any of them has changed. */
  onChanged?(): void;
  /** They cannot be read: they stay as they were. */
  onFailed(error: Error): void;
}

export async function openGrants({
  store,
  list = DEVICE_GRANTS,
  authority,
  onRevoked,
  onChanged,
  onFailed,
}: GrantsOptions): Promise<HeldGrants> {
  let entries: ReadonlyMap<string, ReadEntry> = new Map();
  async function read(isFirst: boolean): Promise<void> {
    const isGranted = (id: string) => authority.grantOf(id) !== undefined;
    const granted = [...entries.keys()].filter(isGranted);
    entries = await readInto(store, list, authority);
    if (isFirst) return;
    onRevoked(granted.filter((id) => !isGranted(id)));
    onChanged?.();
  }
  const { refresh, close } = await follow({ store, edition: list.edition, read, onFailed });
  return {
    authority,
    expectation: (id) => ({ key: grantKey(list, id), version: entries.get(id)?.version }),
    get minimums() {
      const revoked = [...entries].filter(([, { minimum }]) => minimum > 0);
      return new Map(revoked.map(([id, { minimum }]) => [id, minimum]));
    },
    refresh,
    close,
  };
}

/** What a server states to its gateways of its devices. */
export function revocationsOf(
  devices: readonly Credential[],
  minimums: ReadonlyMap<string, number>,
): Omit<Revoked, 'kind'>[] {
  return devices.flatMap((credential) => {
    const [kid, minimum] = [kidOf(credential.idCred), minimums.get(credential.subject!)];
    return kid === undefined || minimum === undefined ? [] : [{ kid, minimum }];
  });
}

interface ReadEntry {
  readonly version: number;
  readonly minimum: number;
}

async function readInto(
  store: KeyValueStore,
  list: GrantList,
  authority: Authority,
): Promise<ReadonlyMap<string, ReadEntry>> {
  const entries = new Map<string, ReadEntry>();
  for await (const entry of entriesUnder(store, list.entries)) entries.set(...readEntry(entry, authority));
  return entries;
}

function readEntry({ key, value, version }: Entry, authority: Authority): [string, ReadEntry] {
  const id = decodeUtf8(key.subarray(1));
  const { minimum, grant } = decodeAuthorization(value);
  authority.revoke(id, grant === undefined ? minimum : grant.sequence);
  if (grant !== undefined) holdUnlessExpired(authority, id, grant);
  return [id, { version, minimum }];
}

function holdUnlessExpired(authority: Authority, id: string, grant: Claims): void {
  try {
    authority.hold(id, grant);
  } catch (error) {
    if (!(error instanceof Refusal) || error.reasonName !== 'grantExpired') throw error;
  }
}
