// SPDX-License-Identifier: Apache-2.0

/**
 * A gateway's queue for a server that is away (src/roles/relay-queue.ts), bounded for each PNE and for all, over the
 * key-value contract:
 *
 *     key = 'm' length(pne-id) pne-id number      a record of CPNS-3, the number in 8 bytes
 *
 * It is in memory as well; what was written is there again after a restart. A record that was handed over just before
 * one may be handed over again: its replay window tells the server.
 */
import { concatBytes } from '../bytes/compare.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { RelayQueue } from '../roles/relay-queue.ts';
import { LONG_NUMBER_BYTES, longNumberAt, putLongNumber } from './long-number.ts';
import { Journal } from './store/journal.ts';
import { type Entry, entriesUnder, type KeyValueStore } from './store/store.ts';
import { after as nodeAfter } from './timer.ts';

const RECORDS = Uint8Array.of(0x6d);
const { relayMaxRecords, relayMaxBytes, relayMaxAllRecords, relayMaxAllBytes } = NodeLimits;

export interface RelayQueueOptions {
  readonly store: Pick<KeyValueStore, 'commit' | 'range'>;
  readonly after?: After;
  /** Something was not written: it may be lost when the process ends. */
  onFailed(error: Error): void;
  /** What was to be handed over was refused, and is dropped. */
  onDropped(pneId: string, refusal: Refusal): void;
}

export interface KeptRelayQueue extends RelayQueue {
  /** Records that wait. */
  readonly count: number;
  /** Resolves when what waits is written. */
  close(): Promise<void>;
}

export async function openRelayQueue(options: RelayQueueOptions): Promise<KeptRelayQueue> {
  const entries: Entry[] = [];
  for await (const entry of entriesUnder(options.store, RECORDS)) entries.push(entry);
  return relayQueueOf(options, entries);
}

/** The same of what was read before, in the order of its keys. */
export function relayQueueOf(
  options: RelayQueueOptions,
  entries: readonly Pick<Entry, 'key' | 'value'>[],
): KeptRelayQueue {
  const queue = new NodeRelayQueue(options);
  for (const { key, value } of entries) queue.restore(key, value);
  return queue;
}

interface Waiting {
  /** In their order. */
  readonly records: { readonly number: number; readonly bytes: Uint8Array }[];
  bytes: number;
  next: number;
}

class NodeRelayQueue implements KeptRelayQueue {
  count = 0;
  private bytes = 0;
  private readonly byPne = new Map<string, Waiting>();
  private readonly journal: Journal;
  private readonly after: After;
  private readonly onDropped: RelayQueueOptions['onDropped'];
  private send: ((pneId: string, record: Uint8Array) => void) | undefined;
  private timer: RunningTimer | undefined;

  constructor({ store, after = nodeAfter, onFailed, onDropped }: RelayQueueOptions) {
    this.journal = new Journal(store, onFailed);
    this.after = after;
    this.onDropped = onDropped;
  }

  holds(pneId: string): boolean {
    return this.byPne.has(pneId);
  }

  add(pneId: string, record: Uint8Array): void {
    const { length } = record;
    const { records, bytes, next } = this.byPne.get(pneId) ?? { records: [], bytes: 0, next: 0 };
    const isFull = records.length >= relayMaxRecords || bytes + length > relayMaxBytes;
    const areFull = this.count >= relayMaxAllRecords || this.bytes + length > relayMaxAllBytes;
    if (isFull || areFull) refuse('queueFull');
    const key = recordKey(pneId, next);
    const own = record.slice();
    this.append(pneId, next, own);
    this.journal.put(key, own);
    if (this.send !== undefined) this.proceed(0);
  }

  forward(send: (pneId: string, record: Uint8Array) => void): void {
    this.send = send;
    this.proceed(0);
  }

  hold(): void {
    this.send = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  drop(pneId: string): void {
    while (this.byPne.has(pneId)) this.remove(pneId);
  }

  close(): Promise<void> {
    this.hold();
    return this.journal.written();
  }

  /** A row that is none of ours goes. */
  restore(key: Uint8Array, value: Uint8Array): void {
    const place = placeIn(key);
    if (place === undefined) this.journal.delete(key);
    else this.append(place.pneId, place.number, value);
  }

  private append(pneId: string, number: number, bytes: Uint8Array): void {
    const waiting = this.byPne.get(pneId) ?? { records: [], bytes: 0, next: 0 };
    this.byPne.set(pneId, waiting);
    waiting.records.push({ number, bytes });
    waiting.bytes += bytes.length;
    waiting.next = number + 1;
    this.count += 1;
    this.bytes += bytes.length;
  }

  /** Takes the first record of a PNE out. */
  private remove(pneId: string): void {
    const waiting = this.byPne.get(pneId)!;
    const { number, bytes } = waiting.records.shift()!;
    waiting.bytes -= bytes.length;
    this.count -= 1;
    this.bytes -= bytes.length;
    if (waiting.records.length === 0) this.byPne.delete(pneId);
    this.journal.delete(recordKey(pneId, number));
  }

  private proceed(milliseconds: number): void {
    this.timer ??= this.after(milliseconds, () => {
      this.timer = undefined;
      this.handOver();
    });
  }

  /** One of each PNE that has some; then whoever else has work gets a turn. */
  private handOver(): void {
    for (const [pneId, { records }] of [...this.byPne]) {
      if (this.send === undefined) return;
      if (!this.handOverOne(pneId, records[0]!.bytes)) return this.proceed(NodeLimits.relayRetryMs);
    }
    if (this.send !== undefined && this.byPne.size > 0) this.proceed(0);
  }

  /** Returns whether the server takes more. */
  private handOverOne(pneId: string, record: Uint8Array): boolean {
    try {
      this.send!(pneId, record);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.reasonName === 'queueFull' || error.reasonName === 'linkClosed') return false;
      this.onDropped(pneId, error);
    }
    this.remove(pneId);
    return true;
  }
}

function recordKey(pneId: string, number: number): Uint8Array {
  const name = encodeUtf8(pneId);
  if (name.length > NodeLimits.deviceMaxNameBytes) refuse('tooLong');
  const place = new Uint8Array(LONG_NUMBER_BYTES);
  putLongNumber(place, 0, number);
  return concatBytes(RECORDS, Uint8Array.of(name.length), name, place);
}

function placeIn(key: Uint8Array): { readonly pneId: string; readonly number: number } | undefined {
  const start = RECORDS.length + 1;
  const length = key[RECORDS.length] ?? 0;
  if (key.length !== start + length + LONG_NUMBER_BYTES) return undefined;
  return {
    pneId: decodeUtf8(key.subarray(start, start + length)),
    number: longNumberAt(key, start + length),
  };
}
