// SPDX-License-Identifier: Apache-2.0

/**
 * Keys to resume with that outlast a server, over the key-value contract, so that its PNEs need not run public keys
 * after its restart:
 *
 *     key = 'k' pne-id
 *     value = [version: 1, credential: bstr, * (suite: uint, kid: bstr, secret: bstr)]    ; the newest key first
 *
 * `secret` is sealed (sealing.ts). What was not written when the process ended costs a handshake with public keys.
 */
import { concatBytes } from '../bytes/compare.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { decodeFlat, encodeFlat, type FlatItem } from '../cbor/flat.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { type Credential, ccsCredential } from '../handshake/credential.ts';
import { createPreSharedKey } from '../handshake/psk/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { ResumptionKey, ResumptionKeys } from '../roles/resumption.ts';
import { ResumptionTable } from '../roles/resumption-keys.ts';
import { createSealing } from './sealing.ts';
import { entriesUnder, type KeyValueStore } from './store/store.ts';

const ROWS = Uint8Array.of(0x6b);
const VERSION = 1;
const KID_BYTES = 2;
const ITEMS_OF_KEY = 3;

export interface KeptResumptionsOptions {
  readonly store: KeyValueStore;
  readonly provider: CryptoProvider;
  /** The server's root key: it stays the owner's. */
  readonly root: Secret;
  /** The server's own credential. */
  readonly responder: Credential;
  onFailed(error: Error): void;
}

export interface KeptResumptions extends ResumptionKeys {
  /** Resolves when all that was kept is written. */
  written(): Promise<void>;
}

export async function openKeptResumptions(options: KeptResumptionsOptions): Promise<KeptResumptions> {
  const { store, provider, root, responder, onFailed } = options;
  const sealing = createSealing(provider, root, 'pne-runtime resumption');
  let writing = Promise.resolve();
  const table: ResumptionTable = new ResumptionTable({
    maxPeers: ImplementationLimits.serverMaxResumptions,
    onChanged(keys): void {
      // Now: a later change wipes what it replaces.
      const put = { key: rowKey(keys[0]!.peer.subject!), value: encodeRow(keys) };
      writing = writing.then(() => store.commit({ puts: [put] })).then(ignore, onFailed);
    },
  });
  for await (const { key, value } of entriesUnder(store, ROWS)) restore(key, value);
  return {
    get isEmpty() {
      return table.isEmpty;
    },
    candidates: (idCred) => table.candidates(idCred),
    keep: (key, used) => table.keep(key, used),
    confirm: (key) => table.confirm(key),
    written: () => writing,
  };

  /** A row that cannot be read is none. */
  function restore(key: Uint8Array, value: Uint8Array): void {
    try {
      table.restore(decodeRow(key, value));
    } catch (error) {
      onFailed(error as Error);
    }
  }

  function encodeRow(keys: readonly ResumptionKey[]): Uint8Array {
    const { cred, subject } = keys[0]!.peer;
    const items = keys.flatMap(({ suite, psk: { idCred, secret } }): FlatItem[] => [
      suite,
      idCred.slice(-KID_BYTES),
      sealing.seal(rowKey(subject!), secret),
    ]);
    return encodeFlat([VERSION, cred, ...items]);
  }

  function decodeRow(key: Uint8Array, value: Uint8Array): ResumptionKey[] {
    const [version, cred, ...items] = decodeFlat(value);
    if (version !== VERSION || typeof cred !== 'object') return refuse('recordInvalid');
    const peer = ccsCredential(cred);
    const keys: ResumptionKey[] = [];
    for (let at = 0; at < items.length; at += ITEMS_OF_KEY) {
      const [suite, kid, sealed] = items.slice(at, at + ITEMS_OF_KEY);
      if (typeof suite !== 'number' || typeof kid !== 'object' || typeof sealed !== 'object')
        return refuse('recordInvalid');
      keys.push({ suite, peer, psk: createPreSharedKey(kid, sealing.open(key, sealed), peer, responder) });
    }
    return keys;
  }
}

function ignore(): void {}

function rowKey(pneId: string): Uint8Array {
  return concatBytes(ROWS, encodeUtf8(pneId));
}
