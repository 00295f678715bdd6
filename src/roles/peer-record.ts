// SPDX-License-Identifier: Apache-2.0

/**
 * What a CPNS Server keeps of one PNE, across its own restarts. Plain data: each change makes a new record, which is
 * stored before anything is said of it.
 */
import { equalBytes } from '../bytes/compare.ts';
import type { Boot } from '../delivery/boot.ts';
import { judge, NOTHING_RECEIVED, type Received, withReceived } from '../delivery/inbox.ts';
import { ImplementationLimits } from '../limits.ts';
import type { Registration } from './message.ts';

export interface PeerRecord {
  /** The PNE's boot whose readings are taken. Undefined before its first registration. */
  readonly boot: Boot | undefined;
  /** Numbers of that boot's readings that were handed over. */
  readonly received: Received;
  /** The stream of contents to the PNE. */
  readonly stream: ContentStream;
  /** Contents without a receipt, oldest first. */
  readonly contents: readonly QueuedContent[];
  /** Above every ticket given so far. */
  readonly nextTicket: number;
}

export interface ContentStream {
  readonly epoch: number;
  /** Above every number given in this epoch. */
  readonly next: number;
}

export interface QueuedContent {
  /** What the server's owner knows it by. */
  readonly ticket: number;
  readonly payload: Uint8Array;
  /** In the stream, from before it is first sent. */
  readonly number: number | undefined;
}

export const NEW_PEER: PeerRecord = Object.freeze({
  boot: undefined,
  received: NOTHING_RECEIVED,
  stream: Object.freeze({ epoch: 1, next: 0 }),
  contents: [],
  nextTicket: 0,
});

/** What a registration comes to. */
export interface Registered {
  readonly record: PeerRecord;
  /** A later epoch is known, or another boot with this one: the PNE is to take one above. */
  readonly isBehind: boolean;
  /** The PNE has contents that this record does not know of. */
  readonly isRecordBehind: boolean;
  /** Tickets of contents that were sent, and of which nobody can tell whether they were received. */
  readonly unknown: readonly number[];
}

export function withRegistration(record: PeerRecord, registration: Registration): Registered {
  const { boot, stream } = record;
  const { epoch, tag, contents } = registration;
  const isSameBoot = boot !== undefined && boot.epoch === epoch && equalBytes(boot.tag, tag);
  const unchanged = { record, isBehind: false, isRecordBehind: false, unknown: [] };
  if (boot !== undefined && !isSameBoot && epoch <= boot.epoch) return { ...unchanged, isBehind: true };
  const isRecordBehind =
    contents.epoch > stream.epoch || (contents.epoch === stream.epoch && contents.next > stream.next);
  if (isSameBoot && !isRecordBehind) return unchanged;
  return {
    isBehind: false,
    isRecordBehind,
    unknown: record.contents.filter(({ number }) => number !== undefined).map(({ ticket }) => ticket),
    record: {
      ...record,
      boot: isSameBoot ? boot : { epoch, tag },
      received: isSameBoot ? record.received : NOTHING_RECEIVED,
      stream: isRecordBehind ? { epoch: contents.epoch + 1, next: 0 } : stream,
      contents: record.contents.filter(({ number }) => number === undefined),
    },
  };
}

/** Undefined where the reading is not new. */
export function withReading(record: PeerRecord, number: number): PeerRecord | undefined {
  if (judge(record.received, number) !== 'new') return undefined;
  const { boot, received, stream, contents, nextTicket } = record;
  return { boot, received: withReceived(received, number), stream, contents, nextTicket };
}

/** Unique among all readings of a PNE, later ones being higher: the boot is its high part. */
export function readingId({ boot }: PeerRecord, number: number): number {
  return boot!.epoch * ImplementationLimits.maxReadingsPerBoot + number;
}

/** Adds a content whose ticket is the record's next. */
export function withContent(record: PeerRecord, payload: Uint8Array): PeerRecord {
  const ticket = record.nextTicket;
  return {
    ...record,
    contents: [...record.contents, { ticket, payload, number: undefined }],
    nextTicket: ticket + 1,
  };
}

/** Gives a content its number. */
export function withNumber(record: PeerRecord, ticket: number, number: number): PeerRecord {
  return {
    ...record,
    stream: { ...record.stream, next: Math.max(record.stream.next, number + 1) },
    contents: record.contents.map((content) =>
      content.ticket === ticket ? { ...content, number } : content,
    ),
  };
}

export function withoutContent(record: PeerRecord, ticket: number): PeerRecord {
  return { ...record, contents: record.contents.filter((content) => content.ticket !== ticket) };
}
