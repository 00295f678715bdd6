// SPDX-License-Identifier: Apache-2.0

/**
 * Devices that join by a code: what goes into each one's store, and what its server knows of it. Both `npm run provision`
 * and `pne-runtime admin provision --onboarding` make them here.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CryptoProvider } from '../../crypto/provider.ts';
import { ccsCredential } from '../../handshake/credential.ts';
import { encodeInvited } from '../../roles/provisioning.ts';
import { writeOnce } from '../identity.ts';
import { invite } from '../invitations.ts';
import { checkCodeId, encodeCode, networkOf } from '../onboarding-code.ts';
import { qrLines } from '../onboarding-qr.ts';
import { openRootKey } from '../root-key.ts';
import { openPostgresStore } from '../store/postgres.ts';
import { checkOneOf, DATABASE, parseAddress, UsageError, type Values } from './config.ts';
import { openExistingStore } from './state.ts';

export const PROVISION_OPTIONS = Object.freeze({
  state: { fallback: '' },
  store: DATABASE,
  gateway: { fallback: '127.0.0.1:8751', check: parseAddress },
  output: { fallback: '.' },
  batch: { fallback: '' },
  show: { fallback: 'nothing', check: checkOneOf('nothing', 'code', 'qr') },
  json: { fallback: '', isFlag: true },
});

type Options = keyof typeof PROVISION_OPTIONS;

/** A device that is to be made, and where its gateway is. */
interface Order {
  readonly pneId: string;
  readonly gateway: string;
}

export interface Place {
  /** Where what goes into the store of a device is written, so that it is whole or not there, and replaces nothing. */
  write(pneId: string, provisioning: Uint8Array): Promise<string>;
  /** Takes it back. */
  remove(path: string): void;
}

const SECRET_BYTES = 16;

/** A file for each device, in a folder. */
export function filesIn(folder: string): Place {
  return {
    async write(pneId, provisioning): Promise<string> {
      const path = join(folder, `${pneId}.provisioning`);
      if (existsSync(path)) throw new UsageError(`${path} is there already, and is not replaced`);
      writeOnce(path, provisioning, 0o600);
      return path;
    },
    remove: (path) => rmSync(path),
  };
}

/**
 * Makes them one after the other, and says of each what was done; what fails leaves no device behind, and those before it
 * stay. Keys are shown to nobody, a code where that is asked for.
 */
export async function provisionByCode(
  values: Values<Options>,
  names: readonly string[],
  provider: CryptoProvider,
  place: Place,
  say: (line: string) => void,
): Promise<void> {
  if (values.state === '') throw new UsageError('--state has to be given: the folder of the server');
  const orders = ordersOf(values, names);
  const credential = ccsCredential(Uint8Array.from(readFileSync(join(values.state, 'credential'))));
  const network = networkOf(credential.cred);
  const store = values.store === '' ? openExistingStore(values.state) : await openPostgresStore(values.store);
  try {
    const root = await openRootKey(provider, join(values.state, 'root-key'), store);
    for (const order of orders) {
      const secret = new Uint8Array(SECRET_BYTES);
      provider.fillRandom(secret);
      const path = await place.write(order.pneId, provisioningOf(order, secret));
      await invite({ store, provider, root }, order.pneId, provider.secret(secret)).catch((error: Error) => {
        place.remove(path);
        throw error;
      });
      report(values, order.pneId, path, encodeCode({ pneId: order.pneId, secret, network }), say);
      secret.fill(0);
    }
  } finally {
    await store.close();
  }
}

function provisioningOf({ pneId, gateway }: Order, secret: Uint8Array): Uint8Array {
  const { host: gatewayAddress, port: gatewayPort } = parseAddress(gateway);
  return encodeInvited({ pneId, gatewayAddress, gatewayPort, secret });
}

function report(
  { show, json }: Values<Options>,
  pneId: string,
  path: string,
  code: string,
  say: (line: string) => void,
): void {
  const isShown = show !== 'nothing';
  if (json !== '') return say(JSON.stringify({ pne: pneId, file: path, ...(isShown && { code }) }));
  say(`${path} written: put it into the device, and delete it${isShown ? `; its code is ${code}` : ''}`);
  if (show === 'qr') for (const line of qrLines(code)) say(line);
}

/** From the command line, or a file with a device a line: its id, and where its gateway is if that is another. */
function ordersOf({ batch, gateway }: Values<Options>, names: readonly string[]): Order[] {
  if ((batch === '') === (names.length === 0))
    throw new UsageError('provision takes names of devices, or --batch FILE with an id a line');
  const orders =
    batch === ''
      ? names.map((pneId) => ({ pneId, gateway }))
      : readBatch(readFileSync(batch, 'utf8'), gateway);
  for (const { pneId } of orders) checkCodeId(pneId);
  const twice = orders.find(({ pneId }, at) => orders.findIndex((order) => order.pneId === pneId) < at);
  if (twice !== undefined) throw new UsageError(`${twice.pneId} is named twice`);
  return orders;
}

function readBatch(text: string, gateway: string): Order[] {
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const columns = cellsOf(header);
  if (columns[0] !== 'id' || columns.length > 2 || (columns[1] ?? 'gateway') !== 'gateway')
    throw new UsageError("a batch begins with the line 'id', or 'id,gateway'");
  if (lines.length === 0) throw new UsageError('the batch names no device');
  return lines.map((line, at) => {
    const cells = cellsOf(line);
    if (cells.length !== columns.length) throw new UsageError(`line ${at + 2} of the batch has another form`);
    const own = cells[1] ?? '';
    if (own !== '') checkAddress(own, at + 2);
    return { pneId: cells[0]!, gateway: own === '' ? gateway : own };
  });
}

function checkAddress(text: string, line: number): void {
  try {
    parseAddress(text);
  } catch (error) {
    throw new UsageError(`line ${line} of the batch ${(error as Error).message}, not '${text}'`);
  }
}

function cellsOf(line: string): string[] {
  return line.split(',').map((cell) => cell.trim());
}
