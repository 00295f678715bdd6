// SPDX-License-Identifier: Apache-2.0

/**
 * The grants by which a server or a gateway decides, over the key-value contract:
 *
 *     key = 'a' device-id        authorization = [minimum: uint, stated: uint, grant: bstr .cbor claims / null]
 *     key = 'b'                  empty: its version is new with each change of them
 *
 * `minimum`: no grant of the device below this sequence holds. `stated`: at a gateway, what the server has stated last
 * of its own minimum. Another process may change them:
 * whoever has them open learns of that, and the version of a device's entry stands for what was decided by it.
 */
import type { Authority } from '../authorization/authority.ts';
import { type Claims, decodeClaims, encodeClaims } from '../authorization/claims.ts';
import { membership } from '../authorization/membership.ts';
import { concatBytes } from '../bytes/compare.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { Refusal, refuse } from '../refusal.ts';
import { follow } from './store/following.ts';
import {
  type Changes,
  type Entry,
  type Expectation,
  entriesUnder,
  type KeyValueStore,
} from './store/store.ts';

const ENTRIES = Uint8Array.of(0x61);
const EDITION = Uint8Array.of(0x62);
const NOTHING = new Uint8Array(0);

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
  /** With nothing in it. */
  readonly authority: Authority;
  /** Their device has no grant any more. */
  onRevoked(ids: readonly string[]): void;
  /** Any of them has changed. */
  onChanged?(): void;
  /** They cannot be read: they stay as they were. */
  onFailed(error: Error): void;
}

interface Authorization {
  readonly minimum: number;
  readonly stated: number;
  readonly grant: Claims | undefined;
}

const NO_AUTHORIZATION: Authorization = Object.freeze({ minimum: 0, stated: 0, grant: undefined });

export async function openGrants({
  store,
  authority,
  onRevoked,
  onChanged,
  onFailed,
}: GrantsOptions): Promise<HeldGrants> {
  let entries: ReadonlyMap<string, ReadEntry> = new Map();
  async function read(isFirst: boolean): Promise<void> {
    const isGranted = (id: string) => authority.grantOf(id) !== undefined;
    const granted = [...entries.keys()].filter(isGranted);
    entries = await readInto(store, authority);
    if (isFirst) return;
    onRevoked(granted.filter((id) => !isGranted(id)));
    onChanged?.();
  }
  const { refresh, close } = await follow({ store, edition: EDITION, read, onFailed });
  return {
    authority,
    expectation: (id) => ({ key: keyOf(id), version: entries.get(id)?.version }),
    get minimums() {
      const revoked = [...entries].filter(([, { minimum }]) => minimum > 0);
      return new Map(revoked.map(([id, { minimum }]) => [id, minimum]));
    },
    refresh,
    close,
  };
}

/** Grants a device what most need in a PN. `exp`: seconds since 1970. */
export function grantMembership(store: KeyValueStore, id: string, pn: number, exp: number): Promise<void> {
  return change(store, id, (authorization) => withMembership(authorization, pn, exp));
}

/** The same as changes for a commit that does more, and is read for anew where it fails. */
export async function membershipChanges(
  store: KeyValueStore,
  id: string,
  pn: number,
  exp: number,
): Promise<Changes> {
  const entry = await store.get(keyOf(id));
  return changesTo(id, entry, withMembership(authorizationIn(entry), pn, exp));
}

function withMembership({ minimum, stated, grant }: Authorization, pn: number, exp: number): Authorization {
  const sequence = grant === undefined ? minimum : grant.sequence + 1;
  return { minimum, stated, grant: membership(pn, sequence, exp) };
}

/** Revokes whatever the device was granted so far. */
export function revokeGrants(store: KeyValueStore, id: string): Promise<void> {
  return change(store, id, revoked);
}

/** The same at a gateway, where the server states another minimum than it did before. */
export function revokeStated(store: KeyValueStore, id: string, stated: number): Promise<void> {
  return change(store, id, (authorization) =>
    stated > authorization.stated ? { ...revoked(authorization), stated } : authorization,
  );
}

function revoked({ minimum, stated, grant }: Authorization): Authorization {
  return { minimum: grant === undefined ? minimum : grant.sequence + 1, stated, grant: undefined };
}

/** Whether the device has a grant, expired or not. */
export async function isGranted(store: KeyValueStore, id: string): Promise<boolean> {
  const entry = await store.get(keyOf(id));
  return entry !== undefined && decode(entry.value).grant !== undefined;
}

async function change(
  store: KeyValueStore,
  id: string,
  apply: (authorization: Authorization) => Authorization,
): Promise<void> {
  const entry = await store.get(keyOf(id));
  const former = authorizationIn(entry);
  const changed = apply(former);
  if (changed === former) return;
  const version = await store.commit(changesTo(id, entry, changed));
  if (version === undefined) return change(store, id, apply);
}

function authorizationIn(entry: Entry | undefined): Authorization {
  return entry === undefined ? NO_AUTHORIZATION : decode(entry.value);
}

function changesTo(id: string, entry: Entry | undefined, authorization: Authorization): Changes {
  const key = keyOf(id);
  return {
    expected: [{ key, version: entry?.version }],
    puts: [
      { key, value: encode(authorization) },
      { key: EDITION, value: NOTHING },
    ],
  };
}

interface ReadEntry {
  readonly version: number;
  readonly minimum: number;
}

async function readInto(store: KeyValueStore, authority: Authority): Promise<ReadonlyMap<string, ReadEntry>> {
  const entries = new Map<string, ReadEntry>();
  for await (const entry of entriesUnder(store, ENTRIES)) entries.set(...readEntry(entry, authority));
  return entries;
}

function readEntry({ key, value, version }: Entry, authority: Authority): [string, ReadEntry] {
  const id = decodeUtf8(key.subarray(ENTRIES.length));
  const { minimum, grant } = decode(value);
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

function encode({ minimum, stated, grant }: Authorization): Uint8Array {
  const writer = new CborWriter().array(3).integer(minimum).integer(stated);
  return (grant === undefined ? writer.nil() : writer.byteString(encodeClaims(grant))).finish();
}

function decode(bytes: Uint8Array): Authorization {
  const reader = new CborReader(bytes);
  if (reader.array() !== 3) refuse('recordInvalid');
  const minimum = reader.unsigned();
  const stated = reader.unsigned();
  const grant = reader.isNil() ? readNothing(reader) : decodeClaims(reader.byteString().slice());
  reader.end();
  if (grant !== undefined && grant.sequence < minimum) refuse('recordInvalid');
  return { minimum, stated, grant };
}

function readNothing(reader: CborReader): undefined {
  reader.nil();
}

function keyOf(id: string): Uint8Array {
  return concatBytes(ENTRIES, encodeUtf8(id));
}
