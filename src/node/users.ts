// SPDX-License-Identifier: Apache-2.0

/**
 * The users of a CPNS Server, and which devices are theirs, over the key-value contract:
 *
 *     key = 'U' user-id          user = [version: 1, name: tstr, revoked: 0 / 1, * pne-id: tstr]
 *     key = 'K' user-id          his code, where there is one (user-registry.ts), which goes with him
 *     key = 'V'                  empty: its version is new with each change of the list, which expects the last
 *
 * A device is of one user at most; without one it stands for itself. A user who goes is revoked first, in one commit
 * with what his devices were granted, and stays on the list until their keys are taken too: whoever is cut off in
 * between finds him there. Another process may change them.
 */
import { concatBytes } from '../bytes/compare.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { decodeFlat, encodeFlat } from '../cbor/flat.ts';
import { NodeLimits } from '../node-limits.ts';
import { refuse } from '../refusal.ts';
import { hasControls } from '../roles/service-operation.ts';
import { revocationChanges } from './grants.ts';
import { checkCodeId } from './onboarding-code.ts';
import { follow } from './store/following.ts';
import {
  type Changes,
  type Entry,
  type Expectation,
  entriesUnder,
  type KeyValueStore,
} from './store/store.ts';

const ROWS = Uint8Array.of(0x55);
const CODES = Uint8Array.of(0x4b);
const EDITION = Uint8Array.of(0x56);
const NOTHING = new Uint8Array(0);
const VERSION = 1;

export interface User {
  readonly id: string;
  /** For people: any text of one line. */
  readonly name: string;
  /** He is to go: no device of his does anything any more. */
  readonly isRevoked: boolean;
  /** Ids of PNEs. */
  readonly devices: readonly string[];
}

/** By id. */
export type Users = ReadonlyMap<string, User>;

/**
 * Refuses `onboardingCodeInvalid` an id that no code can have, `userTaken` one that there is, `tooLong` a poor name.
 */
export async function addUser(store: KeyValueStore, id: string, name: string): Promise<void> {
  checkCodeId(id);
  checkName(name);
  await change(store, (users) => {
    if (users.has(id)) refuse('userTaken', `there is a user ${id} already`);
    return { puts: [putOf({ id, name, isRevoked: false, devices: [] })] };
  });
}

/**
 * These devices are his from now on. Refuses `userUnknown` where there is no such user, or he is to go, `userTaken` a
 * device of another, and `tooManyItems`.
 */
export async function giveDevices(
  store: KeyValueStore,
  id: string,
  pneIds: readonly string[],
): Promise<void> {
  await change(store, (users) => {
    const user = users.get(id);
    if (user === undefined) refuse('userUnknown', `no user is called ${id}`);
    if (user.isRevoked) refuse('userUnknown', `${id} is to go: admin remove-user ${id}`);
    for (const pneId of pneIds) {
      const { id: owner = id } = userOf(users, pneId) ?? {};
      if (owner !== id) refuse('userTaken', `${pneId} is of ${owner}: admin take ${pneId} first`);
    }
    const devices = [...new Set([...user.devices, ...pneIds])];
    if (devices.length > NodeLimits.userMaxDevices)
      refuse('tooManyItems', `a user has ${NodeLimits.userMaxDevices} devices at most`);
    return { puts: [putOf({ ...user, devices })] };
  });
}

/** The device is nobody's any more. Returns whose it was. */
export async function takeDevice(store: KeyValueStore, pneId: string): Promise<string | undefined> {
  let owner: User | undefined;
  await change(store, (users) => {
    owner = userOf(users, pneId);
    if (owner === undefined) return undefined;
    return { puts: [putOf({ ...owner, devices: owner.devices.filter((device) => device !== pneId) })] };
  });
  return owner?.id;
}

/** He is to go, and what his devices were granted counts no more. Returns those. Refuses `userUnknown`. */
export async function revokeUser(store: KeyValueStore, id: string): Promise<readonly string[]> {
  let devices: readonly string[] = [];
  await change(store, async (users) => {
    const user = users.get(id) ?? refuse('userUnknown', `no user is called ${id}`);
    devices = user.devices;
    const { expected = [], puts = [] } = await revocationChanges(store, devices);
    return { expected, puts: [putOf({ ...user, isRevoked: true }), ...puts] };
  });
  return devices;
}

/** To be called once the keys of his devices are revoked: nothing of him is left. */
export async function forgetUser(store: KeyValueStore, id: string): Promise<void> {
  await change(store, (users) => (users.has(id) ? { deletes: [userRow(id), userCodeRow(id)] } : undefined));
}

export async function readUsers(store: KeyValueStore): Promise<Users> {
  const users = new Map<string, User>();
  for await (const entry of entriesUnder(store, ROWS)) {
    const user = userIn(entry);
    users.set(user.id, user);
  }
  return users;
}

/** Refuses `userUnknown` where one of these devices is of a user who is to go: nothing is granted to it. */
export async function checkUsersOf(store: KeyValueStore, pneIds: readonly string[]): Promise<void> {
  const users = await readUsers(store);
  for (const pneId of pneIds) {
    const { id, isRevoked = false } = userOf(users, pneId) ?? {};
    if (isRevoked) refuse('userUnknown', `${pneId} is of ${id}, who is to go: admin remove-user ${id} first`);
  }
}

/** Whose device it is. */
export function userOf(users: Users, pneId: string): User | undefined {
  return [...users.values()].find(({ devices }) => devices.includes(pneId));
}

export interface HeldUsers {
  readonly users: Users;
  close(): void;
}

export interface UsersOptions {
  readonly store: KeyValueStore;
  /** They are others than `former`. */
  onChanged(users: Users, former: Users): void;
  /** They cannot be read: they stay as they were. */
  onFailed(error: Error): void;
}

export async function openUsers({ store, onChanged, onFailed }: UsersOptions): Promise<HeldUsers> {
  let users: Users = new Map();
  async function read(isFirst: boolean): Promise<void> {
    const former = users;
    users = await readUsers(store);
    if (!isFirst) onChanged(users, former);
  }
  const { close } = await follow({ store, edition: EDITION, read, onFailed });
  return {
    get users() {
      return users;
    },
    close,
  };
}

/** Applies a change to what is stored now, and to what it has become where somebody else was quicker. */
async function change(
  store: KeyValueStore,
  apply: (users: Users) => Changes | undefined | Promise<Changes | undefined>,
): Promise<void> {
  const edition = await store.get(EDITION);
  const changes = await apply(await readUsers(store));
  if (changes === undefined) return;
  const { expected = [], puts = [], deletes = [] } = changes;
  const unchanged: Expectation = { key: EDITION, version: edition?.version };
  const version = await store.commit({
    expected: [...expected, unchanged],
    puts: [...puts, { key: EDITION, value: NOTHING }],
    deletes,
  });
  if (version === undefined) await change(store, apply);
}

function checkName(name: string): void {
  const { length } = encodeUtf8(name);
  if (length > 0 && length <= NodeLimits.userMaxNameBytes && !hasControls(name)) return;
  refuse('tooLong', `the name of a user is one line of 1 to ${NodeLimits.userMaxNameBytes} bytes`);
}

function putOf({ id, name, isRevoked, devices }: User): Pick<Entry, 'key' | 'value'> {
  return { key: userRow(id), value: encodeFlat([VERSION, name, isRevoked ? 1 : 0, ...devices]) };
}

/** Refuses `recordInvalid` what nobody can have stored. */
export function userIn({ key, value }: Entry): User {
  const [version, name, revoked, ...devices] = decodeFlat(value);
  const isRead = version === VERSION && typeof name === 'string' && (revoked === 0 || revoked === 1);
  if (!isRead || devices.length > NodeLimits.userMaxDevices) refuse('recordInvalid');
  return {
    id: decodeUtf8(key.subarray(ROWS.length)),
    name,
    isRevoked: revoked === 1,
    devices: devices.map((device) => (typeof device === 'string' ? device : refuse('recordInvalid'))),
  };
}

export function userRow(id: string): Uint8Array {
  return concatBytes(ROWS, encodeUtf8(id));
}

export function userCodeRow(id: string): Uint8Array {
  return concatBytes(CODES, encodeUtf8(id));
}
