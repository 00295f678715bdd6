// SPDX-License-Identifier: Apache-2.0

/**
 * Users that have proved who they are at a gateway, until its server has answered for good, over the key-value
 * contract:
 *
 *     key = 'A' pne-id           [version: 1, user: tstr, proof: bstr .size 16]
 *     key = 'B'                  empty: its version is new with each change of them
 *
 * The code itself is in none of it, and nothing but this one key can be had by a proof (src/keys/user-code.ts).
 */
import { concatBytes } from '../bytes/compare.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { decodeFlat, encodeFlat } from '../cbor/flat.ts';
import { refuse } from '../refusal.ts';
import type { Registration } from '../roles/gateway-control.ts';
import { type Following, follow } from './store/following.ts';
import { type Entry, entriesUnder, type KeyValueStore } from './store/store.ts';

const ROWS = Uint8Array.of(0x41);
const EDITION = Uint8Array.of(0x42);
const NOTHING = new Uint8Array(0);
const VERSION = 1;

/** In the place of what was proved for this PNE before. */
export async function putProof(store: KeyValueStore, { pneId, user, proof }: Registration): Promise<void> {
  await store.commit({
    puts: [
      { key: keyOf(pneId), value: encodeFlat([VERSION, user, proof]) },
      { key: EDITION, value: NOTHING },
    ],
  });
}

/** The server has answered for good. One that has taken its place meanwhile stays. */
export async function endProof(store: KeyValueStore, registration: Registration): Promise<void> {
  const key = keyOf(registration.pneId);
  const entry = await store.get(key);
  if (entry === undefined || decode(entry).proof.join() !== registration.proof.join()) return;
  const version = await store.commit({
    expected: [{ key, version: entry.version }],
    deletes: [key],
    puts: [{ key: EDITION, value: NOTHING }],
  });
  if (version === undefined) await endProof(store, registration);
}

export async function followProofs(
  store: KeyValueStore,
  onChanged: (registrations: readonly Registration[]) => void,
  onFailed: (error: Error) => void,
): Promise<Following> {
  async function read(): Promise<void> {
    const found: Registration[] = [];
    for await (const entry of entriesUnder(store, ROWS)) found.push(decode(entry));
    onChanged(found);
  }
  return follow({ store, edition: EDITION, read, onFailed });
}

/** Refuses `recordInvalid` what nobody can have stored. */
function decode({ key, value }: Entry): Registration {
  const [version, user, proof, ...rest] = decodeFlat(value);
  const isOurs = version === VERSION && typeof user === 'string' && typeof proof === 'object';
  if (!isOurs || rest.length > 0) return refuse('recordInvalid');
  return { pneId: decodeUtf8(key.subarray(ROWS.length)), user, proof };
}

function keyOf(pneId: string): Uint8Array {
  return concatBytes(ROWS, encodeUtf8(pneId));
}
