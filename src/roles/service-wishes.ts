// SPDX-License-Identifier: Apache-2.0

/** What a PNE may ask of its server's service groups and PNs, and how it reads what it is answered. */
import { decodeFlat } from '../cbor/flat.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { numberOf, Terms } from './key-message.ts';
import { GroupMark, type ServiceAnswer, ServiceOperation, type Wish } from './service-message.ts';

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

/** `next`: what to ask for behind these; 0: there are no more. */
export interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly next: number;
}

/**
 * A group that this PNE owns and is the first member of. One that it owns by this name already is that. It is answered with
 * its reference (`referenceIn`), and the key comes as any other.
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

/** Removes a member of a group that it owns. */
export function removeMember(reference: number, pneId: string): Wish {
  return { operation: ServiceOperation.removeMember, number: reference, texts: [pneId] };
}

/** Refuses `messageInvalid` where an answer that is ok does not hold that. */
export function referenceIn({ results }: ServiceAnswer): number {
  const [reference] = results;
  return results.length === 1 && typeof reference === 'number' && reference > 0
    ? numberOf(reference, ImplementationLimits.maxGroupReference)
    : refuse('messageInvalid');
}

/** The same. */
export function groupsIn(answer: ServiceAnswer): Page<FoundGroup> {
  return pageIn(answer, readGroup);
}

function pageIn<Entry>(
  { results: [next, ...entries] }: ServiceAnswer,
  read: (bytes: Uint8Array) => Entry,
): Page<Entry> {
  const isPage = typeof next === 'number' && entries.every((entry) => typeof entry === 'object');
  return isPage ? { entries: (entries as Uint8Array[]).map(read), next } : refuse('messageInvalid');
}

function readGroup(bytes: Uint8Array): FoundGroup {
  const [reference, marks, members, name, service, ...rest] = decodeFlat(bytes);
  if (typeof name !== 'string' || typeof service !== 'string' || rest.length > 0) refuse('messageInvalid');
  const flags = numberOf(marks, 2 * GroupMark.signed - 1);
  return {
    reference: numberOf(reference, ImplementationLimits.maxGroupReference),
    members: numberOf(members, ImplementationLimits.groupMaxMembers),
    name,
    service,
    isMember: (flags & GroupMark.member) !== 0,
    isOwner: (flags & GroupMark.owner) !== 0,
    mayJoin: (flags & GroupMark.joinable) !== 0,
    isSigned: (flags & GroupMark.signed) !== 0,
  };
}
