// SPDX-License-Identifier: Apache-2.0

/**
 * What a PNE asks of the server's PNs and service groups, and what it is answered, inside protected records of CPNS-3
 * as the messages of key-message.ts are; and a gateway, in those of CPNS-2:
 *
 *     service-request = [14, serial: uint, operation: uint, number: uint, * tstr]   ; PNE, gateway -> server
 *     service-answer  = [15, serial: uint, status: uint, * (uint / bstr)]           ; server -> PNE, gateway
 *
 *     operation              number            texts           results, where the status is ok
 *     0  create a group      terms: 0 / 1      name, service   reference
 *     1  discover groups     after: reference  ? service       next: reference, * bstr .cbor group
 *     2  transfer a group    reference         pne-id
 *     3  remove a member     reference         pne-id
 *     4  set up a PN         type: 0 / 1 / 2   name, * pne-id  reference
 *     5  list PNs            after: reference                  next: reference, * bstr .cbor network
 *     6  choose a PN         reference
 *     7  release a PN        reference
 *     8  list its devices    reference         ? after: pne-id  more: 0 / 1, * bstr .cbor [pne-id: tstr, here: 0 / 1]
 *     9  what one can do     reference         pne-id          here: 0 / 1, bstr .cbor [* field: tstr],
 *                                                              bstr .cbor [* service: tstr]
 *    10  add an adminee      reference         pne-id
 *    11  assign an admin     reference         pne-id
 *    12  change an admin     reference         pne-id, pne-id   of the one that was, and of the one in its place
 *    13  release an admin    reference         ? pne-id         itself, unless one is named
 *    14  switch a PN         reference         gateway          asked for; it moves as soon as the gateway is there
 *    15  ask for a bridge    reference         gateway          word: 0 .. 3, seconds: bridge-wish.ts
 *
 *     group = [reference: uint, marks: uint, members: uint, name: tstr, service: tstr]
 *     network = [reference: uint, marks: uint, members: uint, name: tstr, gateway: tstr]   ; '': at whichever
 *     marks : 1, the PNE is a member, or the PN is at the gateway; 2, its owner; 4, it may join, choose or take it; 8,
 *             contents are signed, or of a PN: it is an administrator
 *     type  : of the PNE and its gateway, or the gateway, alone; of all at the gateway; of those that are listed
 *
 * `serial`: above that of every other request in the session. One that is sent again keeps it, and is answered again; a
 * lower one came late, and is nobody's wish any more. `terms`: 1, contents are signed. `next`: what to ask `after` for
 * those that had no room; 0, none.
 */
import { encodeUtf8 } from '../bytes/utf8.ts';
import { decodeFlat, encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { KeyMessageType, numberOf } from './key-message.ts';

export const ServiceOperation = Object.freeze({
  createGroup: 0,
  discoverGroups: 1,
  transferGroup: 2,
  removeMember: 3,
  setUpNetwork: 4,
  listNetworks: 5,
  chooseNetwork: 6,
  releaseNetwork: 7,
  listDevices: 8,
  describeDevice: 9,
  addAdminee: 10,
  assignAdmin: 11,
  changeAdmin: 12,
  releaseAdmin: 13,
  switchNetwork: 14,
  askBridge: 15,
} as const);

/** Whom a PN is of, besides whoever sets it up and the gateways that they are at. */
export const NetworkType = Object.freeze({ own: 0, paired: 1, listed: 2 } as const);

/** What a server says of a group, for the PNE that it tells. */
export const GroupMark = Object.freeze({ member: 1, owner: 2, joinable: 4, signed: 8 } as const);

/** Of a PN, whose contents nobody signs, in place of `signed`. */
export const NetworkMark = Object.freeze({ administrator: GroupMark.signed } as const);

/** What a PNE asks for, before it is sent. */
export interface Wish {
  readonly operation: number;
  readonly number: number;
  readonly texts: readonly string[];
}

export interface ServiceRequest extends Wish {
  readonly serial: number;
}

export type ServiceResult = number | Uint8Array;

export interface ServiceAnswer {
  readonly serial: number;
  readonly status: number;
  readonly results: readonly ServiceResult[];
}

const { serviceMaxTexts, serviceMaxTextBytes, serviceMaxResults, maxGroupReference } = ImplementationLimits;
const MAX_SERIAL = 0xffffffff;
const MAX_OPERATION = 23;
const REQUEST_HEAD = 4;
const ANSWER_HEAD = 3;

/** Refuses `badArgument` a text that no server takes. */
export function encodeServiceRequest({ serial, operation, number, texts }: ServiceRequest): Uint8Array {
  if (texts.length > serviceMaxTexts || !texts.every(fits)) refuse('badArgument');
  return encodeFlat([KeyMessageType.serviceRequest, serial, operation, number, ...texts]);
}

export function encodeServiceAnswer({ serial, status, results }: ServiceAnswer): Uint8Array {
  return encodeFlat([KeyMessageType.serviceAnswer, serial, status, ...results]);
}

/** Refuses `messageInvalid` whatever is not exactly one, of whichever operation. */
export function decodeServiceRequest(bytes: Uint8Array): ServiceRequest {
  const [type, serial, operation, number, ...rest] = itemsIn(bytes, REQUEST_HEAD + serviceMaxTexts);
  if (type !== KeyMessageType.serviceRequest) refuse('messageInvalid');
  return {
    serial: numberOf(serial, MAX_SERIAL),
    operation: numberOf(operation, MAX_OPERATION),
    number: numberOf(number, maxGroupReference),
    texts: rest.map((item) => (typeof item === 'string' && fits(item) ? item : refuse('messageInvalid'))),
  };
}

/** Owns what is in it. Refuses `messageInvalid` whatever is not exactly one. */
export function decodeServiceAnswer(bytes: Uint8Array): ServiceAnswer {
  const [type, serial, status, ...rest] = itemsIn(bytes, ANSWER_HEAD + serviceMaxResults);
  if (type !== KeyMessageType.serviceAnswer) refuse('messageInvalid');
  return {
    serial: numberOf(serial, MAX_SERIAL),
    status: numberOf(status, MAX_OPERATION),
    results: rest.map((item) => (typeof item === 'string' ? refuse('messageInvalid') : item)),
  };
}

function itemsIn(bytes: Uint8Array, most: number): FlatItem[] {
  const items = decodeFlat(bytes);
  return items.length <= most ? items : refuse('messageInvalid');
}

function fits(text: string): boolean {
  return encodeUtf8(text).length <= serviceMaxTextBytes;
}
