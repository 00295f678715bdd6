// SPDX-License-Identifier: Apache-2.0

/**
 * What a CPNS Server has to know after a restart, over the key-value contract:
 *
 *     key = 'p' pne-id                                    peer-record (src/roles/peer-record-codec.ts)
 *     key = 'r' length(pne-id) pne-id id                  reading = [arrived: uint, payload: bstr]
 *
 * with the id in 8 bytes, so that the readings of a PNE lie in their order and the same one is the same row. `arrived`
 * is in milliseconds since 1970. Readings are kept until somebody has read them out and forgets them.
 */
import { concatBytes } from '../bytes/compare.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { NodeLimits } from '../node-limits.ts';
import { refuse } from '../refusal.ts';
import type { PeerRecord } from '../roles/peer-record.ts';
import { decodePeerRecord, encodePeerRecord } from '../roles/peer-record-codec.ts';
import type { Reading, ServerStore } from '../roles/server-store.ts';
import type { Copies } from './entity-readings.ts';
import { LONG_NUMBER_BYTES, longNumberAt, putLongNumber } from './long-number.ts';
import { type Expectation, entriesUnder, type KeyValueStore } from './store/store.ts';

const RECORDS = Uint8Array.of(0x70);
const READINGS = Uint8Array.of(0x72);

export interface KeptReading {
  readonly pneId: string;
  readonly id: number;
  readonly arrived: Date;
  readonly payload: Uint8Array;
}

export interface PersistentServerStore extends ServerStore {
  /** Readings that are kept. */
  readonly count: number;
  /** The first of them, `limit` at most. */
  first(limit: number): Promise<readonly KeptReading[]>;
  /** Resolves when they are gone for good. */
  forget(readings: readonly KeptReading[]): Promise<void>;
  /** Loads and commits nothing any more, nor answers who asks for it; resolves when what is under way has ended. */
  end(): Promise<void>;
}

export interface ServerStoreOptions {
  readonly store: KeyValueStore;
  /** Readings that are kept at most: with more than that commits fail, and PNEs keep theirs. */
  readonly maxReadings: number;
  /** What else has to be so still where a PNE's record is stored. */
  expected?(pneId: string): readonly Expectation[];
  /** What external entities are to get of readings, in the same commit. */
  copies?(pneId: string, readings: readonly Reading[], arrived: number): Promise<Copies | undefined>;
  /** Whether readings are kept here of which an entity has a copy. */
  readonly keepsCopied?: boolean;
  /** Milliseconds since 1970. */
  now(): number;
  /** Something was not stored, or cannot be read. */
  onFailed(pneId: string, error: Error): void;
  /** Readings were stored. */
  onReadings(): void;
}

export async function openServerStore(options: ServerStoreOptions): Promise<PersistentServerStore> {
  return new NodeServerStore(options, await countReadings(options.store));
}

class NodeServerStore implements PersistentServerStore {
  private readonly options: ServerStoreOptions;
  private readonly versions = new Map<string, number | undefined>();
  /** Commits under way: what is loaded is what they have come to. */
  private readonly committing = new Map<string, Promise<void>>();
  private readonly loading = new Set<Promise<void>>();
  private kept: number;
  private isEnded = false;

  constructor(options: ServerStoreOptions, kept: number) {
    this.options = options;
    this.kept = kept;
  }

  get count(): number {
    return this.kept;
  }

  load(pneId: string, done: (record: PeerRecord | undefined) => void, failed: () => void): void {
    if (this.isEnded) return;
    const loading = this.read(pneId).then(done, (error: Error) => {
      this.options.onFailed(pneId, error);
      failed();
    });
    this.loading.add(loading);
    loading.finally(() => this.loading.delete(loading));
  }

  commit(
    pneId: string,
    record: PeerRecord,
    readings: readonly Reading[],
    done: (stored: boolean) => void,
  ): void {
    if (this.isEnded) return;
    const committing = this.write(pneId, record, readings).then(
      (stored) => stored,
      (error: Error) => {
        this.options.onFailed(pneId, error);
        return false;
      },
    );
    const ended = committing.then(() => {
      if (this.committing.get(pneId) === ended) this.committing.delete(pneId);
    });
    this.committing.set(pneId, ended);
    committing.then(done);
  }

  async first(limit: number): Promise<readonly KeptReading[]> {
    const entries = await this.options.store.range(READINGS, limit);
    return entries.map(({ key, value }) => decodeReading(key, value));
  }

  async forget(readings: readonly KeptReading[]): Promise<void> {
    await this.options.store.commit({ deletes: readings.map(({ pneId, id }) => readingKey(pneId, id)) });
    this.kept -= readings.length;
  }

  async end(): Promise<void> {
    this.isEnded = true;
    await Promise.all([...this.committing.values(), ...this.loading]);
  }

  private async read(pneId: string): Promise<PeerRecord | undefined> {
    await this.committing.get(pneId);
    const entry = await this.options.store.get(recordKey(pneId));
    const record = entry && decodePeerRecord(entry.value);
    this.versions.set(pneId, entry?.version);
    return record;
  }

  private async write(pneId: string, record: PeerRecord, readings: readonly Reading[]): Promise<boolean> {
    const { store, maxReadings, now, expected = () => [], keepsCopied = true } = this.options;
    const key = recordKey(pneId);
    // As it was decided: what is looked up for copies may take time.
    const conditions = [{ key, version: this.versions.get(pneId) }, ...expected(pneId)];
    const arrived = now();
    const { copies: copiesOf } = this.options;
    const copies = copiesOf && readings.length > 0 ? await copiesOf(pneId, readings, arrived) : undefined;
    const kept = copies?.isKept && !keepsCopied ? [] : readings;
    const undo = () => {
      this.kept -= kept.length;
      copies?.settled(false);
    };
    this.kept += kept.length;
    let version: number | undefined;
    try {
      if (kept.length > 0 && this.kept > maxReadings) refuse('queueFull');
      version = await store.commit({
        expected: [...conditions, ...(copies?.changes.expected ?? [])],
        puts: [
          { key, value: encodePeerRecord(record) },
          ...kept.map(({ id, payload }) => ({
            key: readingKey(pneId, id),
            value: encodeReading(arrived, payload),
          })),
          ...(copies?.changes.puts ?? []),
        ],
      });
    } catch (error) {
      undo();
      throw error;
    }
    if (version === undefined) undo();
    else this.finish(pneId, version, kept, copies);
    return version !== undefined;
  }

  private finish(pneId: string, version: number, kept: readonly Reading[], copies: Copies | undefined): void {
    this.versions.set(pneId, version);
    if (kept.length > 0) this.options.onReadings();
    copies?.settled(true);
  }
}

/** All readings that a store keeps, those of each PNE in their order. */
export async function* keptReadings(store: KeyValueStore): AsyncGenerator<KeptReading> {
  for await (const { key, value } of entriesUnder(store, READINGS)) yield decodeReading(key, value);
}

async function countReadings(store: KeyValueStore): Promise<number> {
  let count = 0;
  for await (const _ of entriesUnder(store, READINGS)) count += 1;
  return count;
}

function recordKey(pneId: string): Uint8Array {
  return concatBytes(RECORDS, encodeUtf8(pneId));
}

function readingKey(pneId: string, id: number): Uint8Array {
  const name = encodeUtf8(pneId);
  if (name.length > NodeLimits.deviceMaxNameBytes) refuse('tooLong');
  const nameStart = READINGS.length + 1;
  const nameEnd = nameStart + name.length;
  const key = new Uint8Array(nameEnd + LONG_NUMBER_BYTES);
  key.set(READINGS);
  key[nameStart - 1] = name.length;
  key.set(name, nameStart);
  putLongNumber(key, nameEnd, id);
  return key;
}

function encodeReading(arrived: number, payload: Uint8Array): Uint8Array {
  return new CborWriter().array(2).integer(arrived).byteString(payload).finish();
}

function decodeReading(key: Uint8Array, value: Uint8Array): KeptReading {
  const nameBytes = key[READINGS.length] ?? refuse('recordInvalid');
  const start = READINGS.length + 1;
  if (key.length !== start + nameBytes + LONG_NUMBER_BYTES) refuse('recordInvalid');
  const reader = new CborReader(value);
  if (reader.array() !== 2) refuse('recordInvalid');
  const reading = {
    pneId: decodeUtf8(key.subarray(start, start + nameBytes)),
    id: longNumberAt(key, start + nameBytes),
    arrived: new Date(reader.unsigned()),
    payload: reader.byteString(),
  };
  reader.end();
  return reading;
}
