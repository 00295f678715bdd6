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
 *     publish = [8, request: uint, group: uint, payload: bstr]    ; entity: a content for the members of a service group
 *     published = [9, request: uint, queued: uint, missed: uint]  ; server: it is stored for so many, and will be
 *                                                            ; delivered to each; for so many others there was no room
 *     query   = [10, request: uint, pne-id: tstr]            ; entity: what a PNE can do
 *     capabilities = [11, request: uint, here: 0 / 1, fields: uint, * name: tstr]
 *                                                            ; server: whether it can be reached; so many names of fields
 *                                                            ; that it reports now, then services of its groups
 *
 * What is not done is answered with its status.
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
  publish: 8,
  published: 9,
  query: 10,
  capabilities: 11,
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

/** For how many members of a group a content is stored, and for how many there was no room. */
export interface Published {
  readonly queued: number;
  readonly missed: number;
}

/** What the server knows of what a PNE can do. */
export interface Capabilities {
  /** Whether the server knows a way to it now. */
  readonly isHere: boolean;
  /** Names of fields that it reports in its present session, as far as it has told them. */
  readonly fields: readonly string[];
  /** What the groups that it is a member of are for. */
  readonly services: readonly string[];
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
    }
  | {
      readonly type: typeof EntityMessageType.publish;
      readonly request: number;
      /** The group's reference. */
      readonly group: number;
      readonly payload: Uint8Array;
    }
  | { readonly type: typeof EntityMessageType.query; readonly request: number; readonly pneId: string };

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
    }
  | ({ readonly type: typeof EntityMessageType.published; readonly request: number } & Published)
  | ({ readonly type: typeof EntityMessageType.capabilities; readonly request: number } & Capabilities);

const OUTCOMES: readonly ContentOutcome[] = Object.freeze(['delivered', 'rejected', 'unknown']);

export function encodeEntityRequest(message: EntityRequest): Uint8Array {
  const { type } = message;
  if (type === EntityMessageType.follow) return encodeFlat([type]);
  if (type === EntityMessageType.taken) return encodeFlat([type, message.number]);
  if (type === EntityMessageType.query) return encodeFlat([type, message.request, message.pneId]);
  const object = type === EntityMessageType.publish ? message.group : message.pneId;
  return encodeFlat([type, message.request, object, message.payload]);
}

/** Refuses whatever is not exactly one message of an entity. */
export function decodeEntityRequest(bytes: Uint8Array): EntityRequest {
  const [type, number, object, payload, ...more] = decodeFlat(bytes);
  if (type === EntityMessageType.follow && number === undefined) return { type };
  if (typeof number !== 'number') return refuse('messageInvalid');
  if (type === EntityMessageType.taken && object === undefined) return { type, number };
  if (type === EntityMessageType.query && payload === undefined)
    return { type, request: number, pneId: nameIn(object) };
  if (typeof payload !== 'object' || payload.length > ImplementationLimits.payloadMaxBytes)
    return refuse('messageInvalid');
  if (more.length > 0) refuse('messageInvalid');
  if (type === EntityMessageType.publish)
    return { type, request: number, group: referenceIn(object), payload };
  if (type !== EntityMessageType.deliver) return refuse('messageInvalid');
  return { type, request: number, pneId: nameIn(object), payload };
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
    case EntityMessageType.published:
      return [message.request, message.queued, message.missed];
    case EntityMessageType.capabilities: {
      const { request, isHere, fields, services } = message;
      return [request, Number(isHere), fields.length, ...fields, ...services];
    }
  }
}

/** Refuses whatever is not exactly one message of a server. */
export function decodeEntityNotice(bytes: Uint8Array): EntityNotice {
  const [type, ...items] = decodeFlat(bytes);
  if (type === EntityMessageType.reading) return readReading(items);
  if (type === EntityMessageType.dropped) return readDropped(items);
  if (type === EntityMessageType.published) return readPublished(items);
  if (type === EntityMessageType.capabilities) return readCapabilities(items);
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

function readPublished([request, queued, missed, ...more]: readonly FlatItem[]): EntityNotice {
  if (typeof request !== 'number' || typeof queued !== 'number') return refuse('messageInvalid');
  if (typeof missed !== 'number' || more.length > 0) return refuse('messageInvalid');
  return { type: EntityMessageType.published, request, queued, missed };
}

function readCapabilities([request, here, count, ...names]: readonly FlatItem[]): EntityNotice {
  if (typeof request !== 'number' || (here !== 0 && here !== 1)) return refuse('messageInvalid');
  if (typeof count !== 'number' || count > names.length) return refuse('messageInvalid');
  const texts = names.map(nameIn);
  const { capabilities: type } = EntityMessageType;
  return { type, request, isHere: here === 1, fields: texts.slice(0, count), services: texts.slice(count) };
}

function referenceIn(item: FlatItem | undefined): number {
  const isOne = typeof item === 'number' && item > 0 && item <= ImplementationLimits.maxGroupReference;
  return isOne ? item : refuse('messageInvalid');
}

function nameIn(item: FlatItem | undefined): string {
  return typeof item === 'string' && item.length > 0 ? item : refuse('messageInvalid');
}
