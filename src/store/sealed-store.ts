// SPDX-License-Identifier: Apache-2.0

/**
 * A store over named values. One of them, the head, says which version of which record counts:
 *
 *     life (4) | epoch (4) | entry (1) of each place: version, and 128 more where there is a record
 *
 * A change writes its records beside those that they replace, then the head, then removes what does not count any
 * more. The head is one value, and so what it says of all records changes at once.
 */
import { copyBytes } from '../bytes/copy.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import type { Medium } from './medium.ts';
import { HEAD, nameOf, PLACES, placeOf } from './place.ts';
import { openRecord, type Sealer, sealRecord, versionOf } from './seal.ts';
import type { SealedStore, StoreChange, StoredRecord } from './store.ts';

/** What HKDF-Expand makes the sealing key of: of a root key, which has 32 bytes. */
const LABEL = 'pne-runtime store 1';
const KEY_LENGTH = 16;

/** The head's place is behind those of all purposes. */
const HEAD_PURPOSE = 255;
const LIFE_LENGTH = 4;
const EPOCH = 4;
const ENTRIES = 8;
const THERE = 128;
const VERSION = 127;
/** Even, so that the version after the last one has the other name too. */
const LAST_VERSION = 126;

/** A store that also keeps the device's boot counter (see src/delivery/boot.ts). */
export interface DeviceStore extends SealedStore {
  readonly boots: { readonly epoch: number | undefined; write(epoch: number): void };
}

/**
 * Opens what is there, or makes a store where there is no head. Refuses `storeInvalid` a head that does not verify. `root`
 * stays the owner's. Names that do not count are removed.
 */
export function openSealedStore(provider: CryptoProvider, root: Secret, medium: Medium): DeviceStore {
  const key = provider.expandSecret(Algorithm.SHA_256, root, encodeUtf8(LABEL), KEY_LENGTH);
  const headSealer: Sealer = { provider, key, life: new Uint8Array(0) };
  let head = openHead(headSealer, medium);
  const sealer: Sealer = { provider, key, life: copyBytes(head, 0, LIFE_LENGTH) };
  for (let place = 0; place < PLACES; place++) tidy(place);

  /** Where it fails the medium says what counts. */
  function writeHead(next: Uint8Array): void {
    try {
      write(HEAD, sealRecord(headSealer, HEAD_PURPOSE, 0, 0, { data: next }));
      head = next;
    } catch (error) {
      if (medium.read(HEAD) !== undefined) head = openHead(headSealer, medium);
      throw error;
    }
  }

  function write(name: string, bytes: Uint8Array): void {
    try {
      medium.write(name, bytes);
    } catch {
      refuse('storeFailed');
    }
  }

  /** Removes what does not count. What is left when that fails counts no more than before. */
  function tidy(place: number): void {
    const entry = head[ENTRIES + place]!;
    try {
      if (!(entry & THERE)) medium.remove(nameOf(place, entry));
      medium.remove(nameOf(place, entry + 1));
    } catch {}
  }

  function change(changes: readonly StoreChange[]): void {
    const next = copyBytes(head);
    const places: number[] = [];
    const records: Uint8Array[] = [];
    for (const { purpose, index, record } of changes) {
      const place = placeOf(purpose, index);
      const entry = next[ENTRIES + place]!;
      if (places.includes(place)) refuse('badArgument');
      if (record === undefined && !(entry & THERE)) continue;
      const version = ((entry & VERSION) % LAST_VERSION) + 1;
      next[ENTRIES + place] = version | (record === undefined ? 0 : THERE);
      places.push(place);
      records.push(record === undefined ? NOTHING : sealRecord(sealer, purpose, index, version, record));
    }
    try {
      places.forEach((place, i) => {
        if (records[i]!.length > 0) write(nameOf(place, next[ENTRIES + place]!), records[i]!);
      });
      if (places.length > 0) writeHead(next);
    } finally {
      places.forEach(tidy);
    }
  }

  function read(purpose: number, index: number): StoredRecord | undefined {
    const place = placeOf(purpose, index);
    const entry = head[ENTRIES + place]!;
    if (!(entry & THERE)) return undefined;
    const bytes = medium.read(nameOf(place, entry)) ?? refuse('sealMissing');
    const record = openRecord(sealer, purpose, index, bytes) ?? refuse('sealInvalid');
    if (versionOf(bytes) === (entry & VERSION)) return record;
    record.key?.wipe();
    record.privateKey?.wipe();
    return refuse('sealStale');
  }

  return {
    read,
    change,
    write: (purpose, index, record) => change([{ purpose, index, record }]),
    remove: (purpose, index) => change([{ purpose, index }]),
    boots: {
      get epoch(): number | undefined {
        return viewOf(head).getUint32(EPOCH) || undefined;
      },
      write(epoch: number): void {
        const next = copyBytes(head);
        viewOf(next).setUint32(EPOCH, epoch);
        writeHead(next);
      },
    },
  };
}

const NOTHING = new Uint8Array(0);

function openHead(sealer: Sealer, medium: Medium): Uint8Array {
  const bytes = medium.read(HEAD);
  if (bytes === undefined) {
    const head = new Uint8Array(ENTRIES + PLACES);
    const life = new Uint8Array(LIFE_LENGTH);
    sealer.provider.fillRandom(life);
    head.set(life);
    return head;
  }
  const head = openRecord(sealer, HEAD_PURPOSE, 0, bytes)?.data;
  return head?.length === ENTRIES + PLACES ? head : refuse('storeInvalid');
}

function viewOf({ buffer, byteOffset }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset);
}
