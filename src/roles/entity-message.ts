// SPDX-License-Identifier: Apache-2.0

/**
 * Messages of CPNS-5 (CPNS Server - external entity), one in a record:
 *
 *     follow  = [0]                                          ; entity: it wants readings and devices on this link
 *     reading = [1, number: uint, pne-id: tstr, id: uint, arrived: uint, payload: bstr]
 *                                                            ; server: milliseconds since 1970; id as the PNE gave it
 *     dropped = [2, number: uint, pne-id: tstr, count: uint, first: uint, last: uint]
 *                                                            ; server: so many from id first to id last were not kept; a
 *                                                            ; later one with the same first takes the place of this one
 *     taken   = [3, number: uint]                            ; entity: what has this number need not be kept any more
 *     device  = [4, pne-id: tstr, permissions: uint]         ; server: what the entity may do; 0: it is gone
 *     deliver = [5, request: uint, pne-id: tstr, payload: bstr]   ; entity: a content for a PNE
 *     answer  = [6, request: uint, status: uint]             ; server: 0: it is stored, and will be delivered
 *     settled = [7, request: uint, outcome: uint]            ; server: what became of it
 *
 * Numbers and requests are those of one link, each end's own, and begin at 0.
 */
import { decodeFlat, encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { ContentOutcome } from './server-peer.ts';

export const EntityMessageType = Object.freeze({
  follow: 0,
  reading: 1,
  dropped: 2,
  taken: 3,
  device: 4,
  deliver: 5,
  answer: 6,
  settled: 7,
} as const);

/** A reading as the server has it. */
export interface EntityReading {
  readonly pneId: string;
  /** Unique among the PNE's readings; later ones are higher, except within one window. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly arrived: number;
  readonly payload: Uint8Array;
}

/** Readings that the server did not keep for an entity which was away for too long. */
export interface DroppedReadings {
  readonly pneId: string;
  readonly count: number;
  /** Ids of the first and the last of them. */
  readonly first: number;
  readonly last: number;
}

/** What an entity sends. */
export type EntityRequest =
  | { readonly type: typeof EntityMessageType.follow }
  | { readonly type: typeof EntityMessageType.taken; readonly number: number }
  | {
      readonly type: typeof EntityMessageType.deliver;
      readonly request: number;
      readonly pneId: string;
      readonly payload: Uint8Array;
    };

/** What the server sends. */
export type EntityNotice =
  | {
      readonly type: typeof EntityMessageType.reading;
      readonly number: number;
      readonly reading: EntityReading;
    }
  | {
      readonly type: typeof EntityMessageType.dropped;
      readonly number: number;
      readonly dropped: DroppedReadings;
    }
  | { readonly type: typeof EntityMessageType.device; readonly pneId: string; readonly permissions: number }
  | { readonly type: typeof EntityMessageType.answer; readonly request: number; readonly status: number }
  | {
      readonly type: typeof EntityMessageType.settled;
      readonly request: number;
      readonly outcome: ContentOutcome;
    };

const OUTCOMES: readonly ContentOutcome[] = Object.freeze(['delivered', 'rejected', 'unknown']);

export function encodeEntityRequest(message: EntityRequest): Uint8Array {
  const { type } = message;
  if (type === EntityMessageType.follow) return encodeFlat([type]);
  if (type === EntityMessageType.taken) return encodeFlat([type, message.number]);
  return encodeFlat([type, message.request, message.pneId, message.payload]);
}

/** Refuses whatever is not exactly one message of an entity. */
export function decodeEntityRequest(bytes: Uint8Array): EntityRequest {
  const [type, number, pneId, payload, ...more] = decodeFlat(bytes);
  if (type === EntityMessageType.follow && number === undefined) return { type };
  if (typeof number !== 'number') return refuse('messageInvalid');
  if (type === EntityMessageType.taken && pneId === undefined) return { type, number };
  if (type !== EntityMessageType.deliver || more.length > 0) return refuse('messageInvalid');
  if (typeof payload !== 'object' || payload.length > ImplementationLimits.payloadMaxBytes)
    return refuse('messageInvalid');
  return { type, request: number, pneId: nameIn(pneId), payload };
}

export function encodeEntityNotice(message: EntityNotice): Uint8Array {
  return encodeFlat([message.type, ...itemsOf(message)]);
}

function itemsOf(message: EntityNotice): FlatItem[] {
  switch (message.type) {
    case EntityMessageType.reading: {
      const { pneId, id, arrived, payload } = message.reading;
      return [message.number, pneId, id, arrived, payload];
    }
    case EntityMessageType.dropped: {
      const { pneId, count, first, last } = message.dropped;
      return [message.number, pneId, count, first, last];
    }
    case EntityMessageType.device:
      return [message.pneId, message.permissions];
    case EntityMessageType.answer:
      return [message.request, message.status];
    case EntityMessageType.settled:
      return [message.request, OUTCOMES.indexOf(message.outcome)];
  }
}

/** Refuses whatever is not exactly one message of a server. */
export function decodeEntityNotice(bytes: Uint8Array): EntityNotice {
  const [type, ...items] = decodeFlat(bytes);
  if (type === EntityMessageType.reading) return readReading(items);
  if (type === EntityMessageType.dropped) return readDropped(items);
  const [first, second] = items;
  if (items.length !== 2 || typeof second !== 'number') return refuse('messageInvalid');
  if (type === EntityMessageType.device) return { type, pneId: nameIn(first), permissions: second };
  if (typeof first !== 'number') return refuse('messageInvalid');
  if (type === EntityMessageType.answer) return { type, request: first, status: second };
  if (type !== EntityMessageType.settled) return refuse('messageInvalid');
  return { type, request: first, outcome: OUTCOMES[second] ?? refuse('messageInvalid') };
}

function readReading([number, pneId, id, arrived, payload, ...more]: readonly FlatItem[]): EntityNotice {
  if (typeof number !== 'number' || typeof id !== 'number') return refuse('messageInvalid');
  if (typeof arrived !== 'number' || typeof payload !== 'object' || more.length > 0)
    return refuse('messageInvalid');
  const reading = { pneId: nameIn(pneId), id, arrived, payload };
  return { type: EntityMessageType.reading, number, reading };
}

function readDropped([number, pneId, count, first, last, ...more]: readonly FlatItem[]): EntityNotice {
  if (typeof number !== 'number' || typeof count !== 'number') return refuse('messageInvalid');
  if (typeof first !== 'number' || typeof last !== 'number' || more.length > 0)
    return refuse('messageInvalid');
  if (count === 0 || last < first) return refuse('messageInvalid');
  return { type: EntityMessageType.dropped, number, dropped: { pneId: nameIn(pneId), count, first, last } };
}

function nameIn(item: FlatItem | undefined): string {
  return typeof item === 'string' && item.length > 0 ? item : refuse('messageInvalid');
}
