// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime admin`: the users of a server, and which devices are theirs. */
import { readAll } from '../devices.ts';
import { isGranted } from '../grants.ts';
import {
  addUser,
  forgetUser,
  giveDevices,
  readUsers,
  revokeUser,
  takeDevice,
  type User,
  userOf,
} from '../users.ts';
import type { Work } from './admin-grants.ts';
import { administerKeys } from './admin-groups.ts';
import { UsageError } from './config.ts';

/** `add-user ID [NAME]` */
export async function addUsers(work: Work): Promise<void> {
  const [id, name = id, ...others] = work.names;
  if (id === undefined || name === undefined || others.length > 0)
    throw new UsageError('admin add-user takes an id, and a name in quotation marks');
  await addUser(work.store, id, name);
  report(work, { user: id, outcome: 'added' }, `${id} added`);
}

/** `give ID DEVICE...` */
export async function give(work: Work): Promise<void> {
  const [id = '', ...devices] = work.names;
  if (devices.length === 0) throw new UsageError('admin give takes a user, and names of devices');
  await checkDevices(work, devices);
  await giveDevices(work.store, id, devices);
  for (const pne of devices) report(work, { user: id, pne, outcome: 'given' }, `${pne} is of ${id}`);
}

/** `take DEVICE...`: each stands for itself then, with a new key, and is in no group any more. */
export async function take(work: Work): Promise<void> {
  if (work.names.length === 0) throw new UsageError('admin take takes names of devices');
  for (const pne of work.names) {
    const users = await readUsers(work.store);
    const { id } = userOf(users, pne) ?? fail(`${pne} is of no user: list-users shows whose devices are`);
    // That comes last: cut off in between it is his still, and is taken again. A server that runs reads keys behind it.
    await changeKeys(work, 'revoke', [pne]);
    if (await isGranted(work.store, pne)) await changeKeys(work, 'reinstate', [pne]);
    await takeDevice(work.store, pne);
    report(work, { user: id, pne, outcome: 'taken' }, `${pne} is of ${id} no more`);
  }
}

/**
 * `remove-user ID...`: what their devices were granted is revoked, and so are their keys. The devices stay enrolled.
 */
export async function removeUsers(work: Work): Promise<void> {
  if (work.names.length === 0) throw new UsageError('admin remove-user takes ids of users');
  for (const id of work.names) {
    const devices = await revokeUser(work.store, id);
    if (devices.length > 0) await changeKeys(work, 'revoke', devices);
    await forgetUser(work.store, id);
    const revoked = devices.length === 0 ? '' : `; revoked: ${devices.join(' ')}`;
    report(work, { user: id, outcome: 'removed', devices }, `${id} removed${revoked}`);
  }
}

export async function listUsers(work: Work): Promise<void> {
  for (const user of (await readUsers(work.store)).values()) {
    const { id, name, isRevoked, devices } = user;
    report(work, { user: id, name, devices, revoked: isRevoked }, lineFor(user));
  }
}

function lineFor({ id, name, isRevoked, devices }: User): string {
  const mark = isRevoked ? `  (to go: admin remove-user ${id})` : '';
  return `${[id, name, devices.join(' ')].filter((part) => part !== '').join('  ')}${mark}`;
}

async function checkDevices({ store }: Work, names: readonly string[]): Promise<void> {
  const known = new Set((await readAll(store)).map(({ subject }) => subject));
  for (const name of names) if (!known.has(name)) fail(`no device is called ${name}`);
}

function changeKeys(work: Work, operation: 'revoke' | 'reinstate', pneIds: readonly string[]): Promise<void> {
  return administerKeys(work.store, work.provider, operation, pneIds, () => undefined);
}

function report({ json, say }: Work, facts: Readonly<Record<string, unknown>>, line: string): void {
  say(json === '' ? line : JSON.stringify(facts));
}

function fail(why: string): never {
  throw new UsageError(why);
}
