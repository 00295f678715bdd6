// SPDX-License-Identifier: Apache-2.0

/**
 * What a CPNS Server keeps of a group, a PN or a service group, and of the user key of a PNE. Plain data: each change
 * makes a new record, which is stored before anything is said of it. Whoever is a member changes with a new key: who
 * leaves reads nothing that follows, who joins nothing that came before.
 */
import { type DerivedKey, newKey } from '../keys/hierarchy.ts';
import { type GroupKind, referenceOf } from '../keys/reference.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

export interface GroupRecord {
  /** src/keys/reference.ts */
  readonly reference: number;
  readonly name: string;
  /** What it is for, in a word of its owner's; empty where nobody said. */
  readonly service: string;
  /** Who may hand it on and remove members, by PNE id. */
  readonly owner: string | undefined;
  /** In place of that, of a PN: a gateway, by its name. */
  readonly owningGateway?: string;
  /** Of a PN: the name of the one PN GW that has its key and its members; undefined: whichever has members of it. */
  readonly gateway: string | undefined;
  /** Whether each content is signed by its sender. */
  readonly signed: boolean;
  /** Whether the former key ended with this one. */
  readonly isUrgent: boolean;
  readonly key: DerivedKey;
  /** How often the key was made anew. */
  readonly rekeys: number;
  readonly members: readonly Member[];
}

export interface Member {
  readonly pneId: string;
  /** No other member's. */
  readonly sender: number;
  /** The boot of the PNE that counts as 0 under this key. */
  readonly firstBoot: number;
  /** Of a PN: administrators.ts */
  readonly isAdministrator?: true;
}

/** `isRevoked`: the PNE is to have no key any more. `user`: whose key it is; without one the PNE stands for itself. */
export interface UserKeyRecord extends DerivedKey {
  readonly isRevoked: boolean;
  readonly user?: string;
}

/** What a new key is made with. */
export interface Rekeying {
  fillRandom(target: Uint8Array): void;
  /** The boot in which a PNE is, as far as that is known. */
  bootOf(pneId: string): number | undefined;
}

const { groupMaxMembers } = ImplementationLimits;

export function newGroup(
  own: Pick<GroupRecord, 'reference' | 'name' | 'service' | 'owner' | 'owningGateway' | 'signed'>,
  members: readonly string[],
  rekeying: Rekeying,
): GroupRecord {
  const key = newKey(rekeying.fillRandom, 1);
  let record: GroupRecord = { ...own, gateway: undefined, isUrgent: false, key, rekeys: 0, members: [] };
  for (const pneId of members) record = seated(record, pneId, rekeying);
  return record;
}

/** The lowest that no group of this kind has. */
export function freeReference(groups: ReadonlyMap<number, GroupRecord>, kind: GroupKind): number {
  let number = 1;
  while (groups.has(referenceOf(kind, number))) number += 1;
  return referenceOf(kind, number);
}

/** `above`: the new epoch is above this one, too. */
export function rekeyed(record: GroupRecord, rekeying: Rekeying, above = 0): GroupRecord {
  return {
    ...record,
    isUrgent: false,
    key: newKey(rekeying.fillRandom, Math.max(record.key.epoch, above) + 1),
    rekeys: record.rekeys + 1,
    members: record.members.map((member) => ({
      ...member,
      firstBoot: rekeying.bootOf(member.pneId) ?? member.firstBoot,
    })),
  };
}

/** Refuses `groupFull`. The same record where the PNE is a member. */
export function withMember(record: GroupRecord, pneId: string, rekeying: Rekeying): GroupRecord {
  return isMember(record, pneId) ? record : seated(rekeyed(record, rekeying), pneId, rekeying);
}

/** The same record where it is none. An owner that leaves owns the group still. */
export function withoutMember(record: GroupRecord, pneId: string, rekeying: Rekeying): GroupRecord {
  if (!isMember(record, pneId)) return record;
  const members = record.members.filter((member) => member.pneId !== pneId);
  return rekeyed({ ...record, members }, rekeying);
}

/** Another gateway: what the former one has opens nothing any more. The same record where it is there already. */
export function atGateway(record: GroupRecord, gateway: string, rekeying: Rekeying): GroupRecord {
  return record.gateway === gateway ? record : { ...rekeyed(record, rekeying), gateway, isUrgent: true };
}

export function isMember({ members }: GroupRecord, pneId: string | undefined): boolean {
  return members.some((member) => member.pneId === pneId);
}

/** The first sender number that is free: a key that is new has none taken by who has left. */
function seated(record: GroupRecord, pneId: string, { bootOf }: Rekeying): GroupRecord {
  const { members } = record;
  if (members.length >= groupMaxMembers) refuse('groupFull');
  const taken = new Set(members.map(({ sender }) => sender));
  let sender = 0;
  while (taken.has(sender)) sender += 1;
  return { ...record, members: [...members, { pneId, sender, firstBoot: bootOf(pneId) ?? 0 }] };
}
