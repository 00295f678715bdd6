// SPDX-License-Identifier: Apache-2.0

/**
 * Devices that join by a code: what goes into each one's store, and what its server knows of it. Both `npm run provision`
 * and `pne-runtime admin provision --onboarding` make them here.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CryptoProvider, Secret } from '../../crypto/provider.ts';
import { ccsCredential } from '../../handshake/credential.ts';
import { decodeInvited, encodeInvited } from '../../roles/provisioning.ts';
import { withdraw } from '../devices.ts';
import { cancel, invite, isInvited } from '../invitations.ts';
import { encodeCode, networkOf } from '../onboarding-code.ts';
import { qrLines } from '../onboarding-qr.ts';
import { openRootKey } from '../root-key.ts';
import { readSealingKey } from '../sealing-key.ts';
import { writeOnce } from '../secret-file.ts';
import { openPostgresStore } from '../store/postgres.ts';
import type { KeyValueStore } from '../store/store.ts';
import { checkOneOf, DATABASE, parseAddress, UsageError, type Values } from './config.ts';
import { newSecret } from './new-code.ts';
import { type Order, readOrders } from './provision-orders.ts';
import { openExistingStore } from './state.ts';

export const PROVISION_OPTIONS = Object.freeze({
  state: { fallback: '' },
  store: DATABASE,
  'sealing-key': { fallback: '' },
  gateway: { fallback: '127.0.0.1:8751', check: parseAddress },
  output: { fallback: '.' },
  csv: { fallback: '' },
  replace: { fallback: '', isFlag: true },
  show: { fallback: 'nothing', check: checkOneOf('nothing', 'code', 'qr') },
  json: { fallback: '', isFlag: true },
});

type Options = keyof typeof PROVISION_OPTIONS;

export interface Place {
  has(pneId: string): boolean;
  /** The provisioning that was written for a device. The caller wipes it. Throws where it cannot be read. */
  read(pneId: string): Uint8Array;
  /** Writes what goes into the store of a device, so that it is whole or not there. Returns where. */
  write(pneId: string, provisioning: Uint8Array, code: string): string;
  /** Takes it back. */
  remove(pneId: string): void;
  pathOf(pneId: string): string;
}

/** What became of an order: `there`: by an earlier run. */
type Outcome = 'made' | 'there';

interface Work {
  readonly store: KeyValueStore;
  readonly provider: CryptoProvider;
  readonly root: Secret;
  readonly network: number;
  readonly place: Place;
  readonly replaces: boolean;
}

interface Done {
  readonly outcome: Outcome;
  readonly code: string;
}

/** A file for each device, in a folder. */
export function filesIn(folder: string): Place {
  const pathOf = (pneId: string) => join(folder, `${pneId}.provisioning`);
  return {
    pathOf,
    has: (pneId) => existsSync(pathOf(pneId)),
    read: (pneId) => Uint8Array.from(readFileSync(pathOf(pneId))),
    write(pneId, provisioning): string {
      writeOnce(pathOf(pneId), provisioning, 0o600);
      return pathOf(pneId);
    },
    remove: (pneId) => rmSync(pathOf(pneId)),
  };
}

/**
 * Makes them one after the other, each whole or not at all, and says of each what became of it. One that is there already,
 * from a run that was cut off too, is not made again: what was left to do for it is done. Throws, once all were tried,
 * where some failed. Keys are shown to nobody, a code where that is asked for.
 */
export async function provisionByCode(
  values: Values<Options>,
  names: readonly string[],
  provider: CryptoProvider,
  place: Place,
  say: (line: string) => void,
): Promise<void> {
  if (values.state === '') throw new UsageError('--state has to be given: the folder of the server');
  const orders = readOrders(values, names);
  const credential = ccsCredential(Uint8Array.from(readFileSync(join(values.state, 'credential'))));
  const network = networkOf(credential.cred);
  const store = values.store === '' ? openExistingStore(values.state) : await openPostgresStore(values.store);
  try {
    const key = readSealingKey(provider, values['sealing-key'], process.env);
    const root = await openRootKey(provider, join(values.state, 'root-key'), store, key);
    await makeAll(
      { store, provider, root, network, place, replaces: values.replace !== '' },
      orders,
      values,
      say,
    );
  } finally {
    await store.close();
  }
}

async function makeAll(
  work: Work,
  orders: readonly Order[],
  values: Values<Options>,
  say: (line: string) => void,
): Promise<void> {
  const counts = { made: 0, there: 0, failed: 0 };
  for (const order of orders) {
    const path = work.place.pathOf(order.pneId);
    try {
      const done = await makeOne(work, order);
      counts[done.outcome] += 1;
      report(values, order.pneId, path, done, say);
    } catch (error) {
      counts.failed += 1;
      reportFailure(values, order.pneId, error as Error, say);
    }
  }
  const summary = `${counts.made} made, ${counts.there} there already, ${counts.failed} failed`;
  if (counts.failed > 0) throw new Error(`${summary}: mend that, and run it again`);
  if (values.csv !== '' && values.json === '') say(summary);
}

async function makeOne(work: Work, order: Order): Promise<Done> {
  const { place, replaces } = work;
  if (replaces) await forget(work, order.pneId);
  else if (place.has(order.pneId)) return resume(work, order, place.read(order.pneId));
  const secret = newSecret(work.provider);
  try {
    const code = encodeCode({ pneId: order.pneId, secret, network: work.network });
    place.write(order.pneId, provisioningOf(order, secret), code);
    await invite(work, order.pneId, work.provider.secret(secret)).catch((error: Error) => {
      place.remove(order.pneId);
      throw error;
    });
    return { outcome: 'made', code };
  } finally {
    secret.fill(0);
  }
}

/** A run that was cut off may have written what goes into the device, and not registered its code. */
async function resume(work: Work, order: Order, former: Uint8Array): Promise<Done> {
  const invited = decodeInvited(former);
  const { host, port } = parseAddress(order.gateway);
  const isSame =
    invited?.pneId === order.pneId && invited.gatewayAddress === host && invited.gatewayPort === port;
  if (invited === undefined || !isSame || invited.secret.length === 0)
    throw new Error(`${work.place.pathOf(order.pneId)} is another one: --replace makes it anew`);
  const code = encodeCode({ pneId: order.pneId, secret: invited.secret, network: work.network });
  const secret = work.provider.secret(invited.secret);
  former.fill(0);
  const isKnown = await isInvited(work, order.pneId, secret);
  if (!isKnown) await invite(work, order.pneId, secret);
  return { outcome: 'there', code };
}

/** What was made for a device, its code and the device itself: nothing of them is worth anything any more. */
async function forget({ store, place }: Work, pneId: string): Promise<void> {
  await cancel(store, pneId);
  await withdraw(store, pneId);
  if (place.has(pneId)) place.remove(pneId);
}

function provisioningOf({ pneId, gateway }: Order, secret: Uint8Array): Uint8Array {
  const { host: gatewayAddress, port: gatewayPort } = parseAddress(gateway);
  return encodeInvited({ pneId, gatewayAddress, gatewayPort, secret });
}

function report(
  { show, json }: Values<Options>,
  pneId: string,
  path: string,
  { outcome, code }: Done,
  say: (line: string) => void,
): void {
  const isShown = show !== 'nothing';
  if (json !== '') return say(JSON.stringify({ pne: pneId, outcome, file: path, ...(isShown && { code }) }));
  const what = outcome === 'made' ? 'written: put it into the device, and delete it' : 'is there already';
  say(`${path} ${what}${isShown ? `; its code is ${code}` : ''}`);
  if (show === 'qr') for (const line of qrLines(code)) say(line);
}

function reportFailure(
  { json }: Values<Options>,
  pneId: string,
  { message }: Error,
  say: (line: string) => void,
): void {
  if (json !== '') return say(JSON.stringify({ pne: pneId, outcome: 'failed', reason: message }));
  say(`${pneId} failed: ${message}`);
}
