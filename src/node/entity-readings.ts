// SPDX-License-Identifier: Apache-2.0

/**
 * Readings that are kept for external entities until they have taken them, over the key-value contract:
 *
 *     key = 'z' length(entity-id) entity-id arrived length(pne-id) pne-id id     the payload
 *     key = 'v' length(entity-id) entity-id pne-id                               dropped = [count, first, last]
 *
 * with `arrived` and `id` in 8 bytes, so that those of an entity lie in the order in which they came. They are put by the
 * commit that takes them from their PNE. An entity that has too many does not get further ones, and is told which.
 */
import { concatBytes } from '../bytes/compare.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { NodeLimits } from '../node-limits.ts';
import { refuse } from '../refusal.ts';
import type { DroppedReadings, EntityReading } from '../roles/entity-message.ts';
import type { EntityStore, KeptForEntity } from '../roles/entity-store.ts';
import type { Reading } from '../roles/server-store.ts';
import { LONG_NUMBER_BYTES, longNumberAt, putLongNumber } from './long-number.ts';
import {
  type Changes,
  type Entry,
  type Expectation,
  entriesUnder,
  type KeyValueStore,
} from './store/store.ts';

const KEPT = Uint8Array.of(0x7a);
const DROPPED = Uint8Array.of(0x76);

/** What a commit that takes readings from a PNE does for external entities besides. */
export interface Copies {
  readonly changes: Pick<Changes, 'expected' | 'puts'>;
  /** At least one entity gets them all. */
  readonly isKept: boolean;
  /** The commit has taken place, or not. */
  settled(stored: boolean): void;
}

export interface EntityReadingsOptions {
  readonly store: KeyValueStore;
  /** Readings that are kept for one entity at most. */
  readonly maxKept: number;
  /** Milliseconds since 1970. */
  now(): number;
  /** Entities that are to get the readings of a PNE. */
  readersOf(pneId: string): readonly string[];
  /** What has to be so still where they get them, as it is now. */
  expected(pneId: string, readers: readonly string[]): readonly Expectation[];
  /** Readings were kept. */
  onKept(): void;
  /** Something is not forgotten, or cannot be read. */
  onFailed(entity: string, error: Error): void;
}

export class EntityReadings implements EntityStore {
  private readonly options: EntityReadingsOptions;
  /** Readings that are kept, as far as this process knows, and when it counted them last. */
  private readonly counts = new Map<string, { kept: number; counted: number }>();
  private readonly working = new Set<Promise<void>>();
  private isEnded = false;

  constructor(options: EntityReadingsOptions) {
    this.options = options;
  }

  /** Undefined where there is nothing to do. */
  async copy(pneId: string, readings: readonly Reading[], arrived: number): Promise<Copies | undefined> {
    const readers = this.options.readersOf(pneId);
    if (readers.length === 0) return undefined;
    const added: { kept: number }[] = [];
    const puts: Pick<Entry, 'key' | 'value'>[] = [];
    const expected: Expectation[] = [...this.options.expected(pneId, readers)];
    for (const entity of readers) {
      const count = await this.countFor(entity, readings.length);
      if (count.kept + readings.length > this.options.maxKept) {
        const { put, expectation } = await this.drop(entity, pneId, readings);
        puts.push(put);
        expected.push(expectation);
        continue;
      }
      count.kept += readings.length;
      added.push(count);
      for (const { id, payload } of readings)
        puts.push({ key: keptKey(entity, arrived, pneId, id), value: payload });
    }
    const settled = (stored: boolean) => {
      if (!stored) for (const count of added) count.kept -= readings.length;
      else this.options.onKept();
    };
    return { changes: { expected, puts }, isKept: added.length > 0, settled };
  }

  first(
    entity: string,
    limit: number,
    done: (kept: readonly KeptForEntity[]) => void,
    failed: () => void,
  ): void {
    if (this.isEnded) return;
    this.track(
      this.read(entity, limit).then(done, (error: Error) => {
        this.options.onFailed(entity, error);
        failed();
      }),
    );
  }

  forget(entity: string, kept: readonly KeptForEntity[], done: (forgotten: boolean) => void): void {
    if (this.isEnded) return;
    this.track(
      this.remove(kept).then(
        (removed) => {
          const count = this.counts.get(entity);
          if (count !== undefined) count.kept = Math.max(0, count.kept - removed);
          done(true);
        },
        (error: Error) => {
          this.options.onFailed(entity, error);
          done(false);
        },
      ),
    );
  }

  /** Reads and forgets nothing any more, nor answers who asks for it; resolves when what is under way has ended. */
  async end(): Promise<void> {
    this.isEnded = true;
    await Promise.all(this.working);
  }

  /** What was kept for entities that are not among these goes. */
  async keepFor(entities: readonly string[]): Promise<void> {
    const names = new Set(entities);
    for (const prefix of [KEPT, DROPPED]) {
      const gone: Uint8Array[] = [];
      for await (const { key } of entriesUnder(this.options.store, prefix))
        if (!names.has(entityIn(key))) gone.push(key);
      while (gone.length > 0)
        await this.options.store.commit({ deletes: gone.splice(0, NodeLimits.storePage) });
    }
    for (const name of this.counts.keys()) if (!names.has(name)) this.counts.delete(name);
  }

  private track(work: Promise<void>): void {
    this.working.add(work);
    work.finally(() => this.working.delete(work));
  }

  /** What was granted and is not any more is not told again: the drop that is known grows, the row is one. */
  private async drop(entity: string, pneId: string, readings: readonly Reading[]) {
    const key = droppedKey(entity, pneId);
    const entry = await this.options.store.get(key);
    const former = entry && decodeDropped(pneId, entry.value);
    const ids = readings.map(({ id }) => id);
    const dropped = {
      count: (former?.count ?? 0) + ids.length,
      first: Math.min(former?.first ?? ids[0]!, ...ids),
      last: Math.max(former?.last ?? ids[0]!, ...ids),
    };
    return {
      put: { key, value: encodeDropped(dropped) },
      expectation: { key, version: entry?.version },
    };
  }

  /** Other processes keep and forget too: before too many are kept they are counted, though not each time. */
  private async countFor(entity: string, more: number): Promise<{ kept: number }> {
    const { maxKept, now } = this.options;
    const known = this.counts.get(entity);
    const isOld = known === undefined || now() - known.counted >= NodeLimits.entityRecountMs;
    if (known !== undefined && (known.kept + more <= maxKept || !isOld)) return known;
    const count = known ?? { kept: 0, counted: 0 };
    this.counts.set(entity, count);
    count.counted = now();
    count.kept = await this.counted(entity);
    return count;
  }

  private async counted(entity: string): Promise<number> {
    let kept = 0;
    for await (const _ of entriesUnder(this.options.store, prefixOf(KEPT, entity))) kept += 1;
    return kept;
  }

  private async read(entity: string, limit: number): Promise<KeptForEntity[]> {
    const { store } = this.options;
    const dropped = await store.range(prefixOf(DROPPED, entity), limit);
    const kept = await store.range(prefixOf(KEPT, entity), limit);
    return [...dropped.map(readDroppedRow), ...kept.map(readKeptRow)];
  }

  /** Returns how many readings are gone. What was dropped is told again where it has become more meanwhile. */
  private async remove(kept: readonly KeptForEntity[]): Promise<number> {
    const keyOf = ({ place }: KeptForEntity) => fromHex(place);
    const dropped = kept.filter((each) => each.dropped !== undefined);
    const readings = kept.filter((each) => each.reading !== undefined).map(keyOf);
    const expected = dropped.map((each) => ({ key: keyOf(each), version: each.version }));
    const { store } = this.options;
    const deletes = [...readings, ...dropped.map(keyOf)];
    if ((await store.commit({ expected, deletes })) === undefined) await store.commit({ deletes: readings });
    return readings.length;
  }
}

function prefixOf(kind: Uint8Array, entity: string): Uint8Array {
  const name = encodeUtf8(entity);
  return concatBytes(kind, Uint8Array.of(name.length), name);
}

function keptKey(entity: string, arrived: number, pneId: string, id: number): Uint8Array {
  const name = encodeUtf8(pneId);
  if (name.length > NodeLimits.deviceMaxNameBytes) refuse('tooLong');
  return concatBytes(
    concatBytes(prefixOf(KEPT, entity), eightBytes(arrived), Uint8Array.of(name.length)),
    concatBytes(name, eightBytes(id)),
  );
}

function droppedKey(entity: string, pneId: string): Uint8Array {
  return concatBytes(prefixOf(DROPPED, entity), encodeUtf8(pneId));
}

function entityIn(key: Uint8Array): string {
  return decodeUtf8(key.subarray(2, 2 + key[1]!));
}

function readKeptRow({ key, value, version }: Entry): KeptForEntity {
  const at = 2 + key[1]!;
  const name = at + 9;
  const end = name + key[name - 1]!;
  if (key.length !== end + LONG_NUMBER_BYTES) refuse('recordInvalid');
  const reading: EntityReading = {
    pneId: decodeUtf8(key.subarray(name, end)),
    id: longNumberAt(key, end),
    arrived: longNumberAt(key, at),
    payload: value,
  };
  return { place: toHex(key), version, reading };
}

function readDroppedRow({ key, value, version }: Entry): KeptForEntity {
  const pneId = decodeUtf8(key.subarray(2 + key[1]!));
  return { place: toHex(key), version, dropped: decodeDropped(pneId, value) };
}

function encodeDropped({ count, first, last }: Omit<DroppedReadings, 'pneId'>): Uint8Array {
  return new CborWriter().array(3).integer(count).integer(first).integer(last).finish();
}

function decodeDropped(pneId: string, bytes: Uint8Array): DroppedReadings {
  const reader = new CborReader(bytes);
  if (reader.array() !== 3) refuse('recordInvalid');
  const dropped = { pneId, count: reader.unsigned(), first: reader.unsigned(), last: reader.unsigned() };
  reader.end();
  return dropped;
}

function eightBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(LONG_NUMBER_BYTES);
  putLongNumber(bytes, 0, value);
  return bytes;
}
