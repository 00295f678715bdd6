// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime admin group`: the groups of a CPNS Server, whether it runs or not. */
import type { CryptoProvider } from '../../crypto/provider.ts';
import { isPersonalNetwork } from '../../keys/reference.ts';
import { ImplementationLimits } from '../../limits.ts';
import type { ReasonName } from '../../refusal.ts';
import { administratorsOf } from '../../roles/administrators.ts';
import { GroupChanges } from '../../roles/group-changes.ts';
import type { GroupRecord } from '../../roles/group-record.ts';
import { KeyLedger } from '../../roles/key-ledger.ts';
import { DEVICES, readAll } from '../devices.ts';
import { openKeyStore } from '../key-store.ts';
import type { KeyValueStore } from '../store/store.ts';
import { after } from '../timer.ts';
import { UsageError } from './config.ts';
import { checkNameOf } from './names.ts';

type Say = (line: string) => void;

/** What may be done, by its first word after `group`. */
const ACTIONS = Object.freeze([
  'list',
  'create',
  'create-signed',
  'create-pn',
  'add',
  'remove',
  'transfer',
  'rekey',
  'end',
  'revoke',
  'reinstate',
] as const);

type GroupForm = Pick<Parameters<GroupChanges['create']>[0], 'kind' | 'signed' | 'service'>;

/** What is created, by the action. */
const FORMS: Readonly<Record<string, GroupForm>> = Object.freeze({
  __proto__: null,
  create: { kind: 'service' },
  'create-signed': { kind: 'service', signed: true },
  'create-pn': { kind: 'pn' },
} as unknown as Record<string, GroupForm>);

export interface GroupWork {
  readonly store: KeyValueStore;
  readonly provider: CryptoProvider;
  /** What is to be done, and with what. */
  readonly names: readonly string[];
  /** What a group that is made is for. */
  readonly service?: string;
  say(line: string): void;
}

export async function administerGroups(work: GroupWork): Promise<void> {
  const {
    store,
    provider,
    names: [action = '', ...words],
    say,
  } = work;
  if (!(ACTIONS as readonly string[]).includes(action))
    throw new UsageError(`admin group takes one of ${ACTIONS.join(', ')}`);
  if (action === 'revoke' || action === 'reinstate')
    return administerKeys(store, provider, action, words, say);
  const { ledger, changes } = await openGroups(store, provider);
  if (action === 'list') return list(ledger.groups.values(), say);
  const form = FORMS[action];
  if (form !== undefined) return create(work, changes, { ...form, service: work.service ?? '' }, words);
  const [id = '', ...names] = words;
  const reference = Number(id);
  if (!ledger.groups.has(reference)) throw new UsageError(`there is no group ${id}: list shows them`);
  if (action === 'rekey') return done(say, `${id} has a new key`, (then) => changes.rekey(reference, then));
  if (action === 'end') return done(say, `${id} has ended`, (then) => changes.end(reference, then));
  if (names.length === 0) throw new UsageError(`admin group ${action} takes a group, and names of devices`);
  await requireDevices(store, action === 'remove' ? [] : names);
  for (const name of names) await changeMember(changes, action, reference, name, say);
}

function changeMember(
  changes: GroupChanges,
  action: string,
  reference: number,
  name: string,
  say: Say,
): Promise<void> {
  if (action === 'add')
    return done(say, `${name} joined ${reference}`, (then) => changes.add(reference, name, then));
  if (action === 'remove')
    return done(say, `${name} left ${reference}`, (then) => changes.remove(reference, name, then));
  return done(say, `${reference} is of ${name}`, (then) => changes.transfer(reference, name, then));
}

/** Takes all keys of groups from devices that stay enrolled, or lets them have some again. */
export async function administerKeys(
  store: KeyValueStore,
  provider: CryptoProvider,
  operation: 'revoke' | 'reinstate',
  names: readonly string[],
  say: Say,
): Promise<void> {
  if (names.length === 0) throw new UsageError(`admin group ${operation} takes names of devices`);
  const { changes } = await openGroups(store, provider);
  for (const name of names)
    await done(say, `${name} ${operation}d`, (then) => changes[operation](name, then));
}

function list(groups: Iterable<GroupRecord>, say: Say): void {
  for (const group of groups) {
    const { reference, name, service, key, members, signed, gateway } = group;
    const kind = `${signed ? 'signed ' : ''}${isPersonalNetwork(reference) ? 'PN' : 'service group'}`;
    const place = gateway === undefined ? '' : `  at ${gateway}`;
    const what = service === '' ? '' : `  for ${service}`;
    const ids = members.map(({ pneId }) => pneId).join(' ');
    const whose = ownerIn(group);
    const admins = administratorsOf(group);
    const administered = admins.length === 0 ? '' : `  administrators ${admins.join(' ')}`;
    say(`${reference}  ${kind} ${name}${what}  epoch ${key.epoch}${whose}${administered}${place}  ${ids}`);
  }
}

function ownerIn({ owner, owningGateway }: GroupRecord): string {
  if (owningGateway !== undefined) return `  owner gateway ${owningGateway}`;
  return owner === undefined ? '' : `  owner ${owner}`;
}

async function create(
  { store, say }: GroupWork,
  changes: GroupChanges,
  form: GroupForm,
  [name, ...members]: readonly string[],
): Promise<void> {
  if (name === undefined) throw new UsageError('admin group create takes a name, and names of devices');
  checkNameOf('a group', name);
  await requireDevices(store, members);
  const group = { ...form, name, members, ...(members[0] !== undefined && { owner: members[0] }) };
  await new Promise<void>((resolve, reject) => {
    changes.create(group, (reference, refused) => {
      if (refused !== undefined) return reject(new Error(whyNot(refused)));
      say(`${reference} created`);
      resolve();
    });
  });
}

async function requireDevices(store: KeyValueStore, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const known = new Set((await readAll(store, DEVICES)).map(({ subject }) => subject));
  for (const name of names) if (!known.has(name)) throw new UsageError(`no device is called ${name}`);
}

/** Says the line once it is stored. Rejects with what to do where it is refused. */
export function done(
  say: Say,
  line: string,
  work: (then: (refused?: ReasonName) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    work((refused) => {
      if (refused !== undefined) return reject(new Error(whyNot(refused)));
      say(line);
      resolve();
    });
  });
}

/** What to do about it, where that can be said. */
function whyNot(refused: ReasonName): string {
  return REMEDIES[refused] ?? refused;
}

const REMEDIES: Partial<Record<ReasonName, string>> = Object.freeze({
  groupFull: `a group has ${ImplementationLimits.groupMaxMembers} members at most: remove one first`,
  groupUnknown: 'there is no such group any more: group list shows those that there are',
  storeFailed: 'the store did not take it, or another process was faster: try again',
});

/** The groups in a store, whether its server runs or not. */
export function openGroups(
  store: KeyValueStore,
  provider: CryptoProvider,
): Promise<{ readonly ledger: KeyLedger; readonly changes: GroupChanges }> {
  return new Promise((resolve, reject) => {
    const ledger: KeyLedger = new KeyLedger({
      store: openKeyStore({ store, onFailed: reject }),
      after,
      onGroups(): void {},
      onUser(): void {},
      onFailed(): void {},
    });
    const changes = new GroupChanges(ledger, { fillRandom: provider.fillRandom, bootOf: () => undefined });
    ledger.whenLoaded(() => resolve({ ledger, changes }));
    ledger.start();
  });
}
