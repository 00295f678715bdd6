// SPDX-License-Identifier: Apache-2.0

/**
 * Administrators of a PN: members of it that do some of what its owner does, in his place. Each is a mark at a member,
 * so that whoever is no member any more, for whichever reason, is no administrator either. Its other members are
 * adminees.
 */
import { NodeLimits } from '../node-limits.ts';
import { refuse } from '../refusal.ts';
import { type GroupRecord, isMember } from './group-record.ts';

export function isAdministrator({ members }: GroupRecord, pneId: string | undefined): boolean {
  return members.some((member) => member.pneId === pneId && member.isAdministrator === true);
}

/** In the order of the members. */
export function administratorsOf({ members }: GroupRecord): string[] {
  return members.filter(({ isAdministrator: is }) => is === true).map(({ pneId }) => pneId);
}

/**
 * The same record where the PNE is one. Refuses `credentialUnknown` who is no member, `badArgument` the owner, who is
 * above them, and `groupFull` one too many.
 */
export function withAdministrator(record: GroupRecord, pneId: string): GroupRecord {
  if (isAdministrator(record, pneId)) return record;
  if (!isMember(record, pneId)) refuse('credentialUnknown');
  if (record.owner === pneId) refuse('badArgument');
  if (administratorsOf(record).length >= NodeLimits.networkMaxAdmins) refuse('groupFull');
  const mark = { isAdministrator: true } as const;
  const members = record.members.map((member) => (member.pneId === pneId ? { ...member, ...mark } : member));
  return { ...record, members };
}

/** The same record where the PNE is none. It stays a member. */
export function withoutAdministrator(record: GroupRecord, pneId: string): GroupRecord {
  if (!isAdministrator(record, pneId)) return record;
  const members = record.members.map(({ isAdministrator: mark, ...member }) =>
    member.pneId === pneId || mark === undefined ? member : { ...member, isAdministrator: mark },
  );
  return { ...record, members };
}

/** Another owner. Administrators stay, but for one that is owner now; the former owner is an adminee, if a member. */
export function handedTo(record: GroupRecord, owner: string | undefined): GroupRecord {
  const { owningGateway: _, ...others } = owner === undefined ? record : withoutAdministrator(record, owner);
  return { ...others, owner };
}
