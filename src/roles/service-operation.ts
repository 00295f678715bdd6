// SPDX-License-Identifier: Apache-2.0

/** What it takes to carry out what is asked for: it is decided by what is stored in the moment it takes place. */
import type { Context } from '../authorization/decision.ts';
import type { OperationName } from '../authorization/operations.ts';
import {
  type Asker,
  decideService,
  mayService,
  type ServiceGrants,
  subjectOf,
} from '../authorization/service-access.ts';
import { groupNumber } from '../keys/reference.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { BridgeConsents } from './bridge-consents.ts';
import type { Question } from './consent.ts';
import type { GroupRecord, Rekeying } from './group-record.ts';
import type { KeyView } from './key-ledger.ts';
import type { KeyChanges } from './key-store.ts';
import { ownedByAsker, ownerOf } from './ownership.ts';
import type { ServiceResult, Wish } from './service-message.ts';

/** One wish. */
export interface ServiceCase {
  /** Verified. */
  readonly asker: Asker;
  readonly wish: Wish;
  readonly view: KeyView;
  readonly rekeying: Rekeying;
  readonly grants: ServiceGrants;
  /** Other PNEs that are at the gateway that asks, or that the one that asks is at, and have keys. */
  neighbours(): string[];
  /** Whether there is a way to a PNE just now. */
  isHere(pneId: string): boolean;
  /** Names of fields that a PNE has told in its present session. */
  fieldsOf(pneId: string): readonly string[];
  /** Whether the server has the credential of a PNE of this id. */
  isKnown(pneId: string): boolean;
  /** Where owners of PNs are asked, if they are. */
  readonly consents?: BridgeConsents | undefined;
}

export interface ServiceOutcome {
  readonly changes?: Partial<KeyChanges>;
  readonly results?: readonly ServiceResult[];
  /** Whom to ask what once that is answered. */
  readonly asks?: { readonly question: Question; readonly owner: string };
}

/** Refuses what is not to be, and changes nothing then. Asked again of what it has made, it finds nothing to do. */
export type ServiceHandler = (asked: ServiceCase) => ServiceOutcome;

/** Refuses what the grants of who asks do not permit. */
export function demand(
  { grants, asker }: ServiceCase,
  action: OperationName,
  number: number,
  context: Context = {},
): void {
  const decision = decideService(subjectOf(grants, asker), action, number, context);
  if (decision.kind === 'deny') refuse(decision.reason);
  if (decision.kind === 'ask') refuse('consentRequired');
}

/** Whether the grants of a PNE, if not of who asks, permit that. */
export function may(
  { grants, asker }: ServiceCase,
  action: OperationName,
  number: number,
  pneId?: string,
): boolean {
  const whose = pneId === undefined ? asker : ({ role: 'pne', name: pneId } as const);
  return mayService(subjectOf(grants, whose), action, number);
}

/** The name of who asks, where that is a PNE. */
export function pneIn({ asker }: ServiceCase): string | undefined {
  return asker.role === 'pne' ? asker.name : undefined;
}

/**
 * The PN or group that is meant, where its owner asks for that, or who has given it to `heir`. Of one that there is not
 * the grants alone decide.
 */
export function ownedBy(
  asked: ServiceCase,
  action: OperationName,
  record: GroupRecord | undefined,
  heir?: string,
): GroupRecord | undefined {
  const isDone = record === undefined || (heir !== undefined && record.owner === heir);
  demand(asked, action, groupNumber(asked.wish.number), isDone ? ownedByAsker(asked.asker) : ownerOf(record));
  return record;
}

/** What is to be stored in place of this record, if it is another. */
export function changeOf(former: GroupRecord, record: GroupRecord): ServiceOutcome {
  return record === former ? {} : { changes: { groups: [record] } };
}

/** Refuses `badArgument` other texts than so many. */
export function textsOf({ wish: { texts } }: ServiceCase, least: number, most = least): readonly string[] {
  return texts.length >= least && texts.length <= most ? texts : refuse('badArgument');
}

/** A name that is given. Refuses `badArgument` one that is empty, or that no line of a list or a log should hold. */
export function nameIn(text: string | undefined): string {
  const isName = text !== undefined && text !== '' && !hasControls(text);
  return isName ? text : refuse('badArgument');
}

export function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}

/** In the order of their references. */
export function inOrder(groups: Iterable<GroupRecord>): GroupRecord[] {
  return [...groups].sort((a, b) => a.reference - b.reference);
}

/** One of a list, and what to ask for those behind it. */
export interface Listed {
  readonly at: number;
  readonly entry: Uint8Array;
}

/** As many as an answer has room for, behind what to ask for the others; 0: there are none. */
export function pageOf(list: readonly Listed[]): ServiceResult[] {
  const { serviceMaxListBytes, serviceMaxResults } = ImplementationLimits;
  const entries: Uint8Array[] = [];
  let bytes = 0;
  let next = 0;
  for (const { at, entry } of list) {
    bytes += entry.length;
    if (entries.length + 1 >= serviceMaxResults || bytes > serviceMaxListBytes) return [next, ...entries];
    entries.push(entry);
    next = at;
  }
  return [0, ...entries];
}
