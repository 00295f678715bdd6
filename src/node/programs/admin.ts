// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime admin`: the devices of a gateway or a server, a server's gateways and external entities, running or not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CryptoProvider } from '../../crypto/provider.ts';
import { type Credential, ccsCredential } from '../../handshake/credential.ts';
import { encodeProvisioning } from '../../roles/provisioning.ts';
import {
  credentialIn,
  DEVICES,
  ENTITIES,
  enrol,
  GATEWAYS,
  type Roll,
  readAll,
  withdraw,
} from '../devices.ts';
import { newIdentity } from '../identity.ts';
import { cancel, invite } from '../invitations.ts';
import { decodeCode, networkOf } from '../onboarding-code.ts';
import { openRootKey } from '../root-key.ts';
import { readSealingKey } from '../sealing-key.ts';
import { writeOnce } from '../secret-file.ts';
import { openPostgresStore } from '../store/postgres.ts';
import { takeDevice } from '../users.ts';
import { assign, type CodeWork, makeUserCode } from './admin-codes.ts';
import {
  asks,
  bridgeOpenness,
  consent,
  forgetDevice,
  forgetSubject,
  openness,
  refuseAsks,
} from './admin-consents.ts';
import { addEntities, grantEntities, listEntities, revokeEntities } from './admin-entities.ts';
import { grantGateways, revokeGateways, switchGateway, takesMark } from './admin-gateways.ts';
import { DEFAULT_DAYS, grant, grantMark, grantNewcomer, revoke, type Work } from './admin-grants.ts';
import { administerGroups, administerKeys } from './admin-groups.ts';
import { administerNetworks } from './admin-networks.ts';
import { addUsers, give, listUsers, removeUsers, take } from './admin-users.ts';

import { type Config, checkWholeNumber, DATABASE, parseAddress, UsageError } from './config.ts';
import { checkNameOf } from './names.ts';
import { filesIn, PROVISION_OPTIONS, provisionByCode } from './provision.ts';

import { openExistingStore, resealState } from './state.ts';

export const ADMIN_OPTIONS = Object.freeze({
  state: { fallback: '' },
  store: DATABASE,
  'sealing-key': PROVISION_OPTIONS['sealing-key'],
  'new-sealing-key': { fallback: '' },
  'gateway-credential': { fallback: '' },
  'server-credential': { fallback: '' },
  gateway: { fallback: '127.0.0.1:8751', check: parseAddress },
  output: { fallback: '' },
  minutes: { fallback: '60', check: checkWholeNumber },
  days: { fallback: DEFAULT_DAYS, check: checkWholeNumber },
  read: { fallback: '' },
  command: { fallback: '' },
  publish: { fallback: '' },
  capabilities: { fallback: '', isFlag: true },
  takes: { fallback: '' },
  bridges: { fallback: '' },
  owner: { fallback: '' },
  may: { fallback: '' },
  service: { fallback: '' },
  onboarding: { fallback: '', isFlag: true },
  csv: PROVISION_OPTIONS.csv,
  replace: PROVISION_OPTIONS.replace,
  show: PROVISION_OPTIONS.show,
  json: PROVISION_OPTIONS.json,
});

type Options = keyof typeof ADMIN_OPTIONS;

interface Action {
  readonly roll: Roll;
  run(work: Work & CodeWork): Promise<void>;
}

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['list', { roll: DEVICES, run: list }],
  ['add', { roll: DEVICES, run: add }],
  ['remove', { roll: DEVICES, run: remove }],
  ['grant', { roll: DEVICES, run: grant }],
  ['revoke', { roll: DEVICES, run: revoke }],
  ['list-gateways', { roll: GATEWAYS, run: list }],
  ['add-gateway', { roll: GATEWAYS, run: add }],
  ['remove-gateway', { roll: GATEWAYS, run: removeGateways }],
  ['grant-gateway', { roll: GATEWAYS, run: grantGateways }],
  ['revoke-gateway', { roll: GATEWAYS, run: revokeGateways }],
  ['switch', { roll: GATEWAYS, run: switchGateway }],
  ['pn', { roll: DEVICES, run: administerNetworks }],
  ['list-entities', { roll: ENTITIES, run: listEntities }],
  ['add-entity', { roll: ENTITIES, run: addEntities }],
  ['remove-entity', { roll: ENTITIES, run: removeEntities }],
  ['grant-entity', { roll: ENTITIES, run: grantEntities }],
  ['revoke-entity', { roll: ENTITIES, run: revokeEntities }],
  ['list-users', { roll: DEVICES, run: listUsers }],
  ['add-user', { roll: DEVICES, run: addUsers }],
  ['remove-user', { roll: DEVICES, run: removeUsers }],
  ['user-code', { roll: DEVICES, run: makeUserCode }],
  ['assign', { roll: DEVICES, run: assign }],
  ['give', { roll: DEVICES, run: give }],
  ['take', { roll: DEVICES, run: take }],
  ['openness', { roll: DEVICES, run: openness }],
  ['bridge-openness', { roll: GATEWAYS, run: bridgeOpenness }],
  ['asks', { roll: DEVICES, run: asks }],
  ['consent', { roll: DEVICES, run: consent }],
  ['refuse', { roll: DEVICES, run: refuseAsks }],
]);

/** Calls `say` with each line for standard output. */
export async function administer(
  { values, positionals: [action = '', ...names] }: Config<Options>,
  provider: CryptoProvider,
  say: (line: string) => void,
): Promise<void> {
  if (action === 'provision' && values.onboarding !== '') {
    const output = values.output === '' ? '.' : values.output;
    return provisionByCode({ ...values, output }, names, provider, filesIn(output), say);
  }
  if (action === 'provision') return provision(values, names, provider, say);
  if (action === 'join') return register(values, names, provider, say);
  if (action === 'reseal') return reseal(values, provider, say);
  const known = ACTIONS.get(action);
  if (known === undefined && action !== 'group')
    throw new UsageError(
      `admin takes one of provision, join, reseal, group, ${[...ACTIONS.keys()].join(', ')}`,
    );
  const store =
    values.store === ''
      ? openExistingStore(required(values, 'state'))
      : await openPostgresStore(values.store);
  try {
    if (known !== undefined) await known.run({ ...values, store, provider, names, say, roll: known.roll });
    else await administerGroups({ ...values, store, provider, names, say });
  } finally {
    await store.close();
  }
}

async function list(work: Work): Promise<void> {
  const { store, say, roll } = work;
  const mark = (id: string) => (roll === DEVICES ? grantMark(store, id) : takesMark(work, id));
  for (const { subject } of await readAll(store, roll)) say(`${subject!}${await mark(subject!)}`);
}

async function add(work: Work): Promise<void> {
  const { store, provider, names: paths, say, roll } = work;
  if (paths.length === 0)
    throw new UsageError('what is added are files: a credential, or a provisioning file');
  for (const path of paths) {
    const credential = readCredential(path);
    if (roll === DEVICES) await grantNewcomer(work, credential);
    const id = await enrol(store, credential, roll);
    if (roll === DEVICES) await administerKeys(store, provider, 'reinstate', [id], () => undefined);
    say(`${id} added`);
  }
}

/** Throws where the file holds no credential, with what one is. */
function readCredential(path: string): Credential {
  const bytes = Uint8Array.from(readFileSync(path));
  try {
    return credentialIn(bytes);
  } catch (error) {
    throw new UsageError(
      `${path} holds no credential (${(error as Error).message}): give what admin provision wrote, or a credential`,
    );
  } finally {
    bytes.fill(0);
  }
}

export async function remove({ store, names, say, roll }: Work): Promise<void> {
  if (names.length === 0) throw new UsageError('what is removed are names, as the list has them');
  for (const id of names) {
    if (roll === DEVICES) await takeDevice(store, id);
    const isCode = roll === DEVICES && (await cancel(store, id));
    if (!(await withdraw(store, id, roll)) && !isCode) throw new UsageError(`none is called ${id}`);
    if (roll === DEVICES) await forgetDevice(store, id);
    say(isCode ? `${id} removed: its code is worth nothing` : `${id} removed`);
  }
}

async function removeGateways(work: Work): Promise<void> {
  await revokeGateways({ ...work, say(): void {} });
  for (const id of work.names) await forgetSubject(work.store, id, 'bridge-open');
  await remove(work);
}

/** One that comes again under this name is granted anew. */
async function removeEntities(work: Work): Promise<void> {
  await revokeEntities({ ...work, say(): void {} });
  for (const id of work.names) await forgetSubject(work.store, id, 'content-access');
  await remove(work);
}

/** Seals the secrets in a folder under another key. The program is to be started again with it. */
function reseal(
  values: Config<Options>['values'],
  provider: CryptoProvider,
  say: (line: string) => void,
): void {
  const folder = required(values, 'state');
  const next = readSealingKey(provider, required(values, 'new-sealing-key'), process.env)!;
  resealState(folder, readSealingKey(provider, values['sealing-key'], process.env), next);
  say(`${folder} is sealed: start what runs on it with --sealing-key ${values['new-sealing-key']}`);
}

/** Registers codes that others have made, from their labels. */
async function register(
  values: Config<Options>['values'],
  codes: readonly string[],
  provider: CryptoProvider,
  say: (line: string) => void,
): Promise<void> {
  if (codes.length === 0) throw new UsageError('admin join takes codes of devices');
  const folder = required(values, 'state');
  const network = networkOf(Uint8Array.from(readFileSync(join(folder, 'credential'))));
  const store = values.store === '' ? openExistingStore(folder) : await openPostgresStore(values.store);
  try {
    const key = readSealingKey(provider, values['sealing-key'], process.env);
    const root = await openRootKey(provider, join(folder, 'root-key'), store, key);
    for (const text of codes) {
      const { pneId, secret } = decodeCode(text, network);
      await invite({ store, provider, root }, pneId, provider.secret(secret));
      secret.fill(0);
      say(`${pneId} may join`);
    }
  } finally {
    await store.close();
  }
}

/** Makes a device: what is in the file goes into its store, and it is its private key that is in there. */
function provision(
  values: Config<Options>['values'],
  [pneId, ...others]: readonly string[],
  provider: CryptoProvider,
  say: (line: string) => void,
): void {
  if (pneId === undefined || others.length > 0) throw new UsageError('admin provision takes one name');
  checkNameOf('a device', pneId);
  const credentialOf = (name: Options) =>
    ccsCredential(Uint8Array.from(readFileSync(required(values, name)))).cred;
  const gatewayCcs = credentialOf('gateway-credential');
  const serverCcs = credentialOf('server-credential');
  const path = required(values, 'output');
  const { host: gatewayAddress, port: gatewayPort } = parseAddress(values.gateway);
  const { privateKeyBytes: privateKey, credential } = newIdentity(provider, pneId);
  const ownCcs = credential.cred;
  const own = { pneId, gatewayAddress, gatewayPort, privateKey, ownCcs, gatewayCcs, serverCcs };
  const bytes = encodeProvisioning(own);
  writeOnce(path, bytes, 0o600);
  bytes.fill(0);
  privateKey.fill(0);
  say(`${path} written: add it at gateway and server, put it into the device, and delete it`);
}

function required(values: Config<Options>['values'], name: Options): string {
  if (values[name] === '') throw new UsageError(`--${name} has to be given`);
  return values[name];
}
