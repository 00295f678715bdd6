// SPDX-License-Identifier: Apache-2.0

/**
 * The grants by which a server or a gateway decides (held-grants.ts), over the key-value contract:
 *
 *     key = 'a' device-id        authorization = [minimum: uint, stated: uint, grant: bstr .cbor claims / null]
 *     key = 'b'                  empty: its version is new with each change of them
 *     key = 'c' entity-id        the same of external entities: a device that is called as one has none of its grants
 *     key = 'f'                  empty, as 'b' for them
 *     key = 'i' gateway-id       the same of gateways
 *     key = 'j'                  empty, as 'b' for them
 *
 * `minimum`: no grant of the device below this sequence holds. `stated`: at a gateway, what the server has stated last
 * of its own minimum.
 */
import { type Claims, decodeClaims, encodeClaims } from '../authorization/claims.ts';
import { THIS_END } from '../authorization/cti.ts';
import { membership } from '../authorization/membership.ts';
import type { Scope } from '../authorization/scope.ts';
import { concatBytes } from '../bytes/compare.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { refuse } from '../refusal.ts';
import type { Changes, Entry, KeyValueStore } from './store/store.ts';

/** Whose grants: what their keys begin with, and the key of their edition. */
export interface GrantList {
  readonly entries: Uint8Array;
  readonly edition: Uint8Array;
}

export const DEVICE_GRANTS: GrantList = Object.freeze({
  entries: Uint8Array.of(0x61),
  edition: Uint8Array.of(0x62),
});
export const ENTITY_GRANTS: GrantList = Object.freeze({
  entries: Uint8Array.of(0x63),
  edition: Uint8Array.of(0x66),
});
export const GATEWAY_GRANTS: GrantList = Object.freeze({
  entries: Uint8Array.of(0x69),
  edition: Uint8Array.of(0x6a),
});

const NOTHING = new Uint8Array(0);

export interface Authorization {
  readonly minimum: number;
  readonly stated: number;
  readonly grant: Claims | undefined;
}

const NO_AUTHORIZATION: Authorization = Object.freeze({ minimum: 0, stated: 0, grant: undefined });

/** Grants a device what most need in a PN, and `more`. `exp`: seconds since 1970. Refuses more rows than a grant has. */
export function grantMembership(
  store: KeyValueStore,
  id: string,
  pn: number,
  exp: number,
  more?: Scope,
): Promise<void> {
  return change(store, DEVICE_GRANTS, id, (authorization) => withMembership(authorization, pn, exp, more));
}

/**
 * Grants an external entity or a gateway what the rows of a scope say, in place of what it had. `exp`: seconds since 1970.
 */
export function grantScope(
  store: KeyValueStore,
  list: GrantList,
  id: string,
  scope: Scope,
  exp: number,
): Promise<void> {
  return change(store, list, id, (authorization) =>
    withGrant(authorization, (sequence) => ({ audience: THIS_END, sequence, scope, expiry: { exp } })),
  );
}

/** The same as changes for a commit that does more, and is read for anew where it fails. */
export async function membershipChanges(
  store: KeyValueStore,
  id: string,
  pn: number,
  exp: number,
  more?: Scope,
): Promise<Changes> {
  const entry = await store.get(grantKey(DEVICE_GRANTS, id));
  return changesTo(DEVICE_GRANTS, id, entry, withMembership(authorizationIn(entry), pn, exp, more));
}

function withMembership(authorization: Authorization, pn: number, exp: number, more?: Scope): Authorization {
  return withGrant(authorization, (sequence) => membership(pn, sequence, exp, more));
}

function withGrant(
  { minimum, stated, grant }: Authorization,
  claims: (sequence: number) => Claims,
): Authorization {
  return { minimum, stated, grant: claims(grant === undefined ? minimum : grant.sequence + 1) };
}

/** Revokes whatever was granted so far. */
export function revokeGrants(store: KeyValueStore, id: string, list = DEVICE_GRANTS): Promise<void> {
  return change(store, list, id, revoked);
}

/** The same of several devices, as changes for a commit that does more, and is read for anew where it fails. */
export async function revocationChanges(store: KeyValueStore, ids: readonly string[]): Promise<Changes> {
  const keys = ids.map((id) => grantKey(DEVICE_GRANTS, id));
  const entries = await Promise.all(keys.map((key) => store.get(key)));
  const puts = keys.flatMap((key, at) => {
    const former = authorizationIn(entries[at]);
    return former.grant === undefined ? [] : [{ key, value: encode(revoked(former)) }];
  });
  return {
    expected: keys.map((key, at) => ({ key, version: entries[at]?.version })),
    puts: puts.length === 0 ? [] : [...puts, { key: DEVICE_GRANTS.edition, value: NOTHING }],
  };
}

/** The same at a gateway, where the server states another minimum than it did before. */
export function revokeStated(store: KeyValueStore, id: string, stated: number): Promise<void> {
  return change(store, DEVICE_GRANTS, id, (authorization) =>
    stated > authorization.stated ? { ...revoked(authorization), stated } : authorization,
  );
}

function revoked({ minimum, stated, grant }: Authorization): Authorization {
  return { minimum: grant === undefined ? minimum : grant.sequence + 1, stated, grant: undefined };
}

/** Whether there is a grant, expired or not. */
export async function isGranted(store: KeyValueStore, id: string): Promise<boolean> {
  return (await grantIn(store, id)) !== undefined;
}

/** What was granted, expired or not. */
export async function grantIn(
  store: KeyValueStore,
  id: string,
  list = DEVICE_GRANTS,
): Promise<Claims | undefined> {
  return authorizationIn(await store.get(grantKey(list, id))).grant;
}

async function change(
  store: KeyValueStore,
  list: GrantList,
  id: string,
  apply: (authorization: Authorization) => Authorization,
): Promise<void> {
  const entry = await store.get(grantKey(list, id));
  const former = authorizationIn(entry);
  const changed = apply(former);
  if (changed === former) return;
  const version = await store.commit(changesTo(list, id, entry, changed));
  if (version === undefined) return change(store, list, id, apply);
}

function authorizationIn(entry: Entry | undefined): Authorization {
  return entry === undefined ? NO_AUTHORIZATION : decodeAuthorization(entry.value);
}

function changesTo(
  list: GrantList,
  id: string,
  entry: Entry | undefined,
  authorization: Authorization,
): Changes {
  const key = grantKey(list, id);
  return {
    expected: [{ key, version: entry?.version }],
    puts: [
      { key, value: encode(authorization) },
      { key: list.edition, value: NOTHING },
    ],
  };
}

function encode({ minimum, stated, grant }: Authorization): Uint8Array {
  const writer = new CborWriter().array(3).integer(minimum).integer(stated);
  return (grant === undefined ? writer.nil() : writer.byteString(encodeClaims(grant))).finish();
}

/** Refuses `recordInvalid` what nobody can have stored. */
export function decodeAuthorization(bytes: Uint8Array): Authorization {
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

export function grantKey({ entries }: GrantList, id: string): Uint8Array {
  return concatBytes(entries, encodeUtf8(id));
}
