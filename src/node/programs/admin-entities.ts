// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime admin`: a server's external entities, and what each may read and command. */
import { readFileSync } from 'node:fs';
import { type EntityObject, entityScope } from '../../authorization/entity-access.ts';
import { DEFAULT_PN } from '../../authorization/membership.ts';
import type { Scope } from '../../authorization/scope.ts';
import { groupNumber, isPersonalNetwork } from '../../keys/reference.ts';
import { ImplementationLimits } from '../../limits.ts';
import { numberDevice } from '../device-numbers.ts';
import { credentialIn, DEVICES, ENTITIES, enrol, readAll } from '../devices.ts';
import { ENTITY_GRANTS, grantIn, grantScope, revokeGrants } from '../grants.ts';
import { forgetQuestions } from './admin-consents.ts';
import { endOf, type Work } from './admin-grants.ts';
import { UsageError } from './config.ts';

export async function addEntities(work: Work): Promise<void> {
  const { store, names: paths, say } = work;
  if (paths.length === 0)
    throw new UsageError('admin add-entity takes the credential in the folder of an entity');
  const credentials = paths.map((path) => credentialIn(Uint8Array.from(readFileSync(path))));
  const scope = await scopeOf(work);
  for (const credential of credentials) {
    const { subject = '' } = credential;
    const isKnown = (await readAll(store, ENTITIES)).some((known) => known.subject === subject);
    // Before anybody knows it: from its first moment on it may do what it may do.
    if (!isKnown && subject !== '') await grantScope(store, ENTITY_GRANTS, subject, scope, endOf(work.days));
    say(`${await enrol(store, credential, ENTITIES)} added`);
  }
}

export async function grantEntities(work: Work): Promise<void> {
  await checkKnown(work);
  const scope = await scopeOf(work);
  for (const id of work.names) {
    await grantScope(work.store, ENTITY_GRANTS, id, scope, endOf(work.days));
    work.say(`${id} granted`);
  }
}

export async function revokeEntities(work: Work): Promise<void> {
  await checkKnown(work);
  for (const id of work.names) {
    await revokeGrants(work.store, id, ENTITY_GRANTS);
    await forgetQuestions(work.store, id, 'content-access');
    work.say(`${id} revoked`);
  }
}

export async function listEntities({ store, say }: Work): Promise<void> {
  for (const { subject } of await readAll(store, ENTITIES)) {
    const grant = await grantIn(store, subject!, ENTITY_GRANTS);
    say(`${subject!}${grant === undefined ? ' (no grant)' : ''}`);
  }
}

/**
 * `--read` and `--command`: all, names of devices, or group:NUMBER; `--publish`: numbers of groups; with commas between.
 * `--capabilities`.
 */
async function scopeOf({ store, read, command, publish, capabilities }: Work): Promise<Scope> {
  if (read === '' && command === '' && publish === '' && capabilities === '')
    throw new UsageError(
      '--read or --command says what it may do: all, pne-1,pne-2 or group:2; or --publish 2, or --capabilities',
    );
  const known = new Set((await readAll(store, DEVICES)).map(({ subject }) => subject));
  const objectsOf = async (text: string) => {
    const objects: EntityObject[] = [];
    for (const word of text === '' ? [] : text.split(',')) objects.push(await objectOf(word));
    return objects;
  };
  async function objectOf(word: string): Promise<EntityObject> {
    if (word === 'all') return word;
    const group = /^group:(\d{1,7})$/.exec(word)?.[1];
    if (group !== undefined) return { group: Number(group) };
    if (!known.has(word)) throw new UsageError(`no device is called ${word}: list shows them`);
    return { pne: await numberDevice(store, word) };
  }
  const rights = { read: await objectsOf(read), command: await objectsOf(command), pn: DEFAULT_PN };
  const scope = entityScope({ ...rights, publish: groupsIn(publish), capabilities: capabilities !== '' });
  const { grantMaxRows } = ImplementationLimits;
  if (scope.length > grantMaxRows)
    throw new UsageError(
      `a grant names ${grantMaxRows - 1} devices and groups at most: make a group of them`,
    );
  return scope;
}

function groupsIn(text: string): number[] {
  return text === '' ? [] : text.split(',').map(groupIn);
}

function groupIn(word: string): number {
  const reference = /^\d{1,7}$/.test(word) ? Number(word) : 0;
  const isGroup = reference > 0 && reference <= ImplementationLimits.maxGroupReference;
  if (!isGroup || isPersonalNetwork(reference))
    throw new UsageError(`${word} is no service group: group list shows their numbers`);
  return groupNumber(reference);
}

async function checkKnown({ store, names }: Work): Promise<void> {
  if (names.length === 0)
    throw new UsageError('names of external entities are needed: list-entities shows them');
  const known = (await readAll(store, ENTITIES)).map(({ subject }) => subject);
  for (const id of names) if (!known.includes(id)) throw new UsageError(`no external entity is called ${id}`);
}
