// SPDX-License-Identifier: Apache-2.0

/**
 * The keys that ble-host keeps in the working directory. It writes them in place, unsynced, and passes over
 * errors, so that after a crash they say anything. Here they are a copy of the bonds, put right before
 * ble-host reads them. Their form is that of ble-host 1.0.3 (lib/internal/storage.js).
 */
import { join } from 'node:path';
import storage from 'ble-host/lib/internal/storage.js';
import { toHex } from '../../bytes/hex.ts';
import type { Bond, Bonds, Peer } from './bonds.ts';
import { type Files, writeWhole } from './files.ts';

const HOST_FOLDER = 'NodeBleLib-storage-dir';
const KEYS_FILE = 'keys.json';
/** Secure Connections has neither of them. */
const NO_RAND = '0000000000000000';
const NO_EDIV = 0;

/**
 * Gives ble-host the key of each bond and no other, at the device with that address. Returns what one side had
 * forgotten, a line each. Throws where a key cannot be written. A crash on the way is mended by the next call.
 */
export function putHostKeysRight(files: Files, own: Peer, bonds: Bonds): readonly string[] {
  const folder = join(HOST_FOLDER, folderOf(own), 'bonds');
  files.makeFolder(folder);
  return [
    ...bonds.unreadable.map((name) => `${name}: its bond cannot be read, it pairs anew`),
    ...removeOthers(files, folder, bonds),
    ...bonds.all.flatMap((bond) => restore(files, join(folder, folderOf(bond)), bond, bonds)),
  ];
}

/** Has ble-host know the key on the next connection: in memory, whatever becomes of its file. */
export function giveHostKey(own: Peer, bond: Bond, key: Uint8Array): void {
  const [ownAddress, peerAddress] = [own, bond].map(({ addressType, address }) =>
    storage.constructAddress(addressType, address),
  ) as [string, string];
  const ltk = [Buffer.from(key), Buffer.from(NO_RAND, 'hex'), NO_EDIV] as const;
  storage.storeKeys(ownAddress, peerAddress, bond.authenticated, true, null, ...ltk, ...ltk);
}

/** What lies beside a key, of subscriptions and services, goes with it. */
function removeOthers(files: Files, folder: string, bonds: Bonds): string[] {
  const bonded = new Set(bonds.all.map(folderOf));
  return files.list(folder).flatMap((name) => {
    if (bonded.has(name)) return [];
    const hasKey = files.list(join(folder, name)).includes(KEYS_FILE);
    files.remove(join(folder, name));
    return hasKey ? [`${name}: ble-host had a key without a bond, it pairs anew`] : [];
  });
}

function restore(files: Files, folder: string, bond: Bond, bonds: Bonds): string[] {
  const text = keysText(bond, bonds.keyOf(bond)!);
  if (files.read(join(folder, KEYS_FILE)) === text) return [];
  files.makeFolder(folder);
  writeWhole(files, folder, KEYS_FILE, text);
  return [`${bond.address}: ble-host had lost the key of its bond, and has it again`];
}

function keysText({ authenticated }: Bond, key: Uint8Array): string {
  const ltk = { rand: NO_RAND, ediv: NO_EDIV, ltk: toHex(key) };
  return JSON.stringify({ mitm: authenticated, sc: true, irk: null, localLtk: ltk, peerLtk: ltk });
}

function folderOf({ addressType, address }: Peer): string {
  return `${addressType === 'public' ? '00' : '01'}-${address.replaceAll(':', '-')}`;
}
