// SPDX-License-Identifier: Apache-2.0

/** What a PNE may ask of its server's service groups and PNs, and how it reads what it is answered. */
import { decodeFlat } from '../cbor/flat.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Capabilities } from './entity-message.ts';
import { numberOf, Terms } from './key-message.ts';
import {
  GroupMark,
  NetworkMark,
  NetworkType,
  type ServiceAnswer,
  ServiceOperation,
  type ServiceResult,
  type Wish,
} from './service-message.ts';

/** What is read of an answer. */
type Answered = Pick<ServiceAnswer, 'results'>;

/** A service group, as the server tells this PNE of it. */
export interface FoundGroup {
  readonly reference: number;
  readonly name: string;
  readonly service: string;
  readonly members: number;
  readonly isMember: boolean;
  readonly isOwner: boolean;
  /** Whether a grant lets it join. */
  readonly mayJoin: boolean;
  readonly isSigned: boolean;
}

/** A PN, in the same way. */
export interface FoundNetwork {
  readonly reference: number;
  readonly name: string;
  /** The one that it is at; empty: it may be at any. */
  readonly gateway: string;
  readonly members: number;
  readonly isMember: boolean;
  readonly isOwner: boolean;
  /** Whether it does some of what the owner does, in his place. */
  readonly isAdministrator: boolean;
  readonly mayChoose: boolean;
}

/** A device of a PN; whether the server knows a way to it just now. */
export interface FoundDevice {
  readonly pneId: string;
  readonly isHere: boolean;
}

/** `next`: what to ask for behind these; 0: there are no more. */
export interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly next: number;
}

/**
 * A group that this PNE owns and is the first member of. One that it owns by this name already is that. It is answered
 * with its reference (`referenceIn`), and the key comes as any other.
 */
export function createGroup(name: string, service = '', terms: { readonly signed?: boolean } = {}): Wish {
  const number = terms.signed === true ? Terms.signed : 0;
  return { operation: ServiceOperation.createGroup, number, texts: [name, service] };
}

/** Groups that it may know of, behind `after`; `service`: of that alone. `groupsIn` reads the answer. */
export function discoverGroups(after = 0, service?: string): Wish {
  const texts = service === undefined ? [] : [service];
  return { operation: ServiceOperation.discoverGroups, number: after, texts };
}

/** Hands a group that it owns on to another member. */
export function transferGroup(reference: number, pneId: string): Wish {
  return { operation: ServiceOperation.transferGroup, number: reference, texts: [pneId] };
}

/** Removes a member of a group or PN that it owns, or an adminee of a PN that it administers. */
export function removeMember(reference: number, pneId: string): Wish {
  return { operation: ServiceOperation.removeMember, number: reference, texts: [pneId] };
}

/**
 * A PN that this PNE owns, of itself and whichever gateway it is at; of whoever is at that gateway, has a grant to join
 * any PN and is in none; or of itself and those that it lists. One that it owns by this name already is that. It is
 * answered with its reference.
 */
export function setUpNetwork(name: string, members: 'own' | 'paired' | readonly string[] = 'own'): Wish {
  const isListed = typeof members === 'object';
  return {
    operation: ServiceOperation.setUpNetwork,
    number: isListed ? NetworkType.listed : NetworkType[members],
    texts: isListed ? [name, ...members] : [name],
  };
}

/** PNs that it may choose, and the one that it is in, behind `after`. `networksIn` reads the answer. */
export function listNetworks(after = 0): Wish {
  return { operation: ServiceOperation.listNetworks, number: after, texts: [] };
}

/** To be in this PN, and in the one that it is in no more. */
export function chooseNetwork(reference: number): Wish {
  return { operation: ServiceOperation.chooseNetwork, number: reference, texts: [] };
}

/** Ends a PN that it owns. */
export function releaseNetwork(reference: number): Wish {
  return { operation: ServiceOperation.releaseNetwork, number: reference, texts: [] };
}

/** Takes a device into a PN that this PNE owns or administers. It may be in it, and is in no other. */
export function addAdminee(reference: number, pneId: string): Wish {
  return { operation: ServiceOperation.addAdminee, number: reference, texts: [pneId] };
}

/** Makes a member of a PN that it owns an administrator. */
export function assignAdmin(reference: number, pneId: string): Wish {
  return { operation: ServiceOperation.assignAdmin, number: reference, texts: [pneId] };
}

/** Makes a member an administrator in the place of another, in a PN that it owns. */
export function changeAdmin(reference: number, from: string, to: string): Wish {
  return { operation: ServiceOperation.changeAdmin, number: reference, texts: [from, to] };
}

/** To be an administrator no more; or that another is none, in a PN that it owns. Both stay members. */
export function releaseAdmin(reference: number, pneId?: string): Wish {
  const texts = pneId === undefined ? [] : [pneId];
  return { operation: ServiceOperation.releaseAdmin, number: reference, texts };
}

/**
 * That a PN which this PNE owns or administers moves to the gateway of this name, which a grant lets take it. It is
 * answered when that is asked for; the PN moves as soon as the gateway is there, if the grants are the same then.
 */
export function switchNetwork(reference: number, gateway: string): Wish {
  return { operation: ServiceOperation.switchNetwork, number: reference, texts: [gateway] };
}

/** Devices of a PN, behind the one of this id. `devicesIn` reads the answer. */
export function listDevices(reference: number, after?: string): Wish {
  const texts = after === undefined ? [] : [after];
  return { operation: ServiceOperation.listDevices, number: reference, texts };
}

/** What a device of a PN can do. `capabilitiesIn` reads the answer. */
export function describeDevice(reference: number, pneId: string): Wish {
  return { operation: ServiceOperation.describeDevice, number: reference, texts: [pneId] };
}

/** Refuses `messageInvalid` where an answer that is ok does not hold that. */
export function referenceIn({ results }: Answered): number {
  const [reference] = results;
  return results.length === 1 && typeof reference === 'number' && reference > 0
    ? numberOf(reference, ImplementationLimits.maxGroupReference)
    : refuse('messageInvalid');
}

/** The same. */
export function groupsIn(answer: Answered): Page<FoundGroup> {
  return pageIn(answer, readGroup);
}

function pageIn<Entry>(
  { results: [next, ...entries] }: Answered,
  read: (bytes: Uint8Array) => Entry,
): Page<Entry> {
  const isPage = typeof next === 'number' && entries.every((entry) => typeof entry === 'object');
  return isPage ? { entries: (entries as Uint8Array[]).map(read), next } : refuse('messageInvalid');
}

/** The same. */
export function networksIn(answer: Answered): Page<FoundNetwork> {
  return pageIn(answer, readNetwork);
}

/** The same. `next`: 1, there are more behind the last of these. */
export function devicesIn(answer: Answered): Page<FoundDevice> {
  return pageIn(answer, (bytes) => {
    const [pneId, here, ...rest] = decodeFlat(bytes);
    if (typeof pneId !== 'string' || rest.length > 0) refuse('messageInvalid');
    return { pneId, isHere: numberOf(here, 1) === 1 };
  });
}

/** The same. */
export function capabilitiesIn({ results: [here, fields, services, ...rest] }: Answered): Capabilities {
  if (rest.length > 0) refuse('messageInvalid');
  return { isHere: numberOf(here, 1) === 1, fields: textsIn(fields), services: textsIn(services) };
}

function textsIn(bytes: ServiceResult | undefined): string[] {
  const items = typeof bytes === 'object' ? decodeFlat(bytes) : refuse('messageInvalid');
  return items.map((item) => (typeof item === 'string' ? item : refuse('messageInvalid')));
}

function readGroup(bytes: Uint8Array): FoundGroup {
  const { marks, last, ...own } = readEntry(bytes);
  const [mayJoin, isSigned] = [(marks & GroupMark.joinable) !== 0, (marks & GroupMark.signed) !== 0];
  return { ...own, service: last, mayJoin, isSigned };
}

function readNetwork(bytes: Uint8Array): FoundNetwork {
  const { marks, last, ...own } = readEntry(bytes);
  const isAdministrator = (marks & NetworkMark.administrator) !== 0;
  return { ...own, gateway: last, isAdministrator, mayChoose: (marks & GroupMark.joinable) !== 0 };
}

/** What entries of both lists have. */
function readEntry(bytes: Uint8Array) {
  const [reference, marks, members, name, last, ...rest] = decodeFlat(bytes);
  if (typeof name !== 'string' || typeof last !== 'string' || rest.length > 0) refuse('messageInvalid');
  const flags = numberOf(marks, 2 * GroupMark.signed - 1);
  return {
    ...{ marks: flags, name, last },
    reference: numberOf(reference, ImplementationLimits.maxGroupReference),
    members: numberOf(members, ImplementationLimits.groupMaxMembers),
    isMember: (flags & GroupMark.member) !== 0,
    isOwner: (flags & GroupMark.owner) !== 0,
  };
}
