// SPDX-License-Identifier: Apache-2.0

/**
 * A store over named values. One of them, the head, says which version of which record counts:
 *
 *     life (4) | epoch (4) | entry (1) of each place: version, and 128 more where there is a record
 *
 * A change writes its records beside those that they replace, then the head, then removes what does not count any
 * more. The head is one value, and so what it says of all records changes at once.
 */
import { equalBytes } from '../bytes/compare.ts';
import { copyBytes } from '../bytes/copy.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import type { Medium } from './medium.ts';
import { HEAD, nameOf, PLACES, placeOf } from './place.ts';
import { openRecord, SEAL_AEAD, type Sealer, sealRecord, versionOf } from './seal.ts';
import type { SealedStore, StoreChange, StoredRecord } from './store.ts';

/** What HKDF-Expand makes the sealing key of: of a root key, which has 32 bytes. */
const LABEL = 'pne-runtime store 1';
const KEY_LENGTH = 16;

/** Behind those of all purposes, and of any life. */
const HEAD_PLACE = Object.freeze({ life: new Uint8Array(0), purpose: 255, index: 0 });
const LIFE_LENGTH = 4;
const EPOCH = 4;
const ENTRIES = 8;
/** Bytes of the head before it is sealed. */
export const HEAD_LENGTH = ENTRIES + PLACES;
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
  const sealer: Sealer = { provider, key, aead: provider.aeadKey(SEAL_AEAD, key) };
  let head = openHead(sealer, medium);
  const life = copyBytes(head, 0, LIFE_LENGTH);
  for (let place = 0; place < PLACES; place++) tidy(place);

  /** Where it fails the medium says what counts. */
  function writeHead(next: Uint8Array): void {
    const sealed = sealRecord(sealer, HEAD_PLACE, 0, { data: next });
    try {
      medium.write(HEAD, sealed);
      head = next;
    } catch {
      if (medium.read(HEAD) !== undefined) head = openHead(sealer, medium);
      refuse('storeFailed');
    }
  }

  /** Removes what does not count. What is left when that fails counts no more than before. */
  function tidy(place: number): void {
    const entry = head[ENTRIES + place]!;
    try {
      if (entry < THERE) medium.remove(nameOf(place, entry));
      medium.remove(nameOf(place, entry + 1));
    } catch {}
  }

  function change(changes: readonly StoreChange[]): void {
    const next = copyBytes(head);
    const places: number[] = [];
    const records = changes.map(({ purpose, index, record }) => {
      const place = placeOf(purpose, index);
      const entry = next[ENTRIES + place]!;
      if (places.includes(place)) refuse('badArgument');
      places.push(place);
      const version = ((entry & VERSION) % LAST_VERSION) + 1;
      if (record !== undefined) next[ENTRIES + place] = version | THERE;
      else if (entry >= THERE) next[ENTRIES + place] = version;
      return record && sealRecord(sealer, { life, purpose, index }, version, record);
    });
    try {
      writeBeside(next, places, records);
      if (!equalBytes(next, head)) writeHead(next);
    } finally {
      places.forEach(tidy);
    }
  }

  function writeBeside(next: Uint8Array, places: number[], records: (Uint8Array | undefined)[]): void {
    try {
      records.forEach((sealed, i) => {
        if (sealed) medium.write(nameOf(places[i]!, next[ENTRIES + places[i]!]!), sealed);
      });
    } catch {
      refuse('storeFailed');
    }
  }

  function read(purpose: number, index: number): StoredRecord | undefined {
    const place = placeOf(purpose, index);
    const entry = head[ENTRIES + place]!;
    if (entry < THERE) return undefined;
    const bytes = medium.read(nameOf(place, entry)) ?? refuse('sealMissing');
    const record = openRecord(sealer, { life, purpose, index }, bytes) ?? refuse('sealInvalid');
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

/** What is sealed in a store that is not opened again counts no more: the next opening removes it. */
export function eraseSealedStore(medium: Medium): void {
  medium.remove(HEAD);
}

function openHead(sealer: Sealer, medium: Medium): Uint8Array {
  const bytes = medium.read(HEAD);
  if (bytes === undefined) {
    const head = new Uint8Array(HEAD_LENGTH);
    sealer.provider.fillRandom(head.subarray(0, LIFE_LENGTH));
    return head;
  }
  const head = openRecord(sealer, HEAD_PLACE, bytes)?.data;
  return head?.length === HEAD_LENGTH ? head : refuse('storeInvalid');
}

function viewOf({ buffer, byteOffset }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset);
}
