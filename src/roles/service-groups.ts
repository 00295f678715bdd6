// SPDX-License-Identifier: Apache-2.0

/** Service groups as they are asked for: created, found, handed on, and members removed by their owner. */
import { EVERY } from '../authorization/service-access.ts';
import { encodeFlat } from '../cbor/flat.ts';
import { groupNumber, isPersonalNetwork } from '../keys/reference.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import {
  freeReference,
  type GroupRecord,
  isMember,
  newGroup,
  withMember,
  withoutMember,
} from './group-record.ts';
import { Terms } from './key-message.ts';
import { isOwner } from './ownership.ts';
import { removeAdminee } from './service-administration.ts';
import { GroupMark } from './service-message.ts';
import {
  changeOf,
  demand,
  hasControls,
  inOrder,
  may,
  nameIn,
  ownedBy,
  pageOf,
  pneIn,
  type ServiceCase,
  type ServiceHandler,
  textsOf,
} from './service-operation.ts';

/** Of this name, and of the PNE that asks, which is a member. One that it owns by this name is that. */
export const createGroup: ServiceHandler = (asked) => {
  const [name, service = ''] = textsOf(asked, 2);
  const { wish, view, rekeying } = asked;
  if (hasControls(service) || wish.number > Terms.signed) refuse('badArgument');
  demand(asked, 'group-create', EVERY);
  demand(asked, 'group-own', EVERY);
  const pneId = pneIn(asked) ?? refuse('notAuthorized');
  const own = { name: nameIn(name), service, owner: pneId, signed: wish.number === Terms.signed };
  const groups = serviceGroups(view.groups.values());
  const owned = groups.filter(({ owner }) => owner === pneId);
  const known = owned.find((group) => group.name === own.name);
  const joined = groups.filter((group) => isMember(group, pneId)).length;
  if (known !== undefined) {
    if (!isMember(known, pneId)) checkRoom(0, joined);
    return { ...changeOf(known, withMember(known, pneId, rekeying)), results: [known.reference] };
  }
  checkRoom(owned.length, joined);
  const reference = freeReference(view.groups, 'service');
  return { changes: { groups: [newGroup({ ...own, reference }, [pneId], rekeying)] }, results: [reference] };
};

/** Those that who asks may know of, of one service where it names one. */
export const discoverGroups: ServiceHandler = (asked) => {
  const [service] = textsOf(asked, 0, 1);
  const known = serviceGroups(asked.view.groups.values()).filter(({ reference }) =>
    may(asked, 'group-discover', groupNumber(reference)),
  );
  if (known.length === 0) demand(asked, 'group-discover', EVERY);
  const found = known.filter(
    (group) => group.reference > asked.wish.number && group.service === (service ?? group.service),
  );
  return { results: pageOf(found.map((group) => ({ at: group.reference, entry: entryOf(asked, group) }))) };
};

/** To a member that may own it. Refuses `credentialUnknown` who is none. */
export const transferGroup: ServiceHandler = (asked) => {
  const [to = ''] = textsOf(asked, 1);
  const record = ownedBy(asked, 'group-transfer', groupAt(asked), to) ?? refuse('groupUnknown');
  if (record.owner === to) return {};
  if (!isMember(record, to)) refuse('credentialUnknown');
  if (!may(asked, 'group-own', groupNumber(record.reference), to)) refuse('notAuthorized');
  return { changes: { groups: [{ ...record, owner: to }] } };
};

/** Of a group, by its owner; of a PN, as service-administration.ts says. */
export const removeMember: ServiceHandler = (asked) => {
  if (isPersonalNetwork(asked.wish.number)) return removeAdminee(asked);
  const [pneId = ''] = textsOf(asked, 1);
  const former = ownedBy(asked, 'group-remove', groupAt(asked)) ?? refuse('groupUnknown');
  return changeOf(former, withoutMember(former, pneId, asked.rekeying));
};

function groupAt({ wish, view }: ServiceCase): GroupRecord | undefined {
  return isPersonalNetwork(wish.number) ? undefined : view.groups.get(wish.number);
}

function serviceGroups(groups: Iterable<GroupRecord>): GroupRecord[] {
  return inOrder(groups).filter(({ reference }) => !isPersonalNetwork(reference));
}

function checkRoom(owned: number, joined: number): void {
  const { serviceMaxOwned, pneMaxGroups } = ImplementationLimits;
  if (owned >= serviceMaxOwned || joined >= pneMaxGroups) refuse('groupFull');
}

function entryOf(asked: ServiceCase, group: GroupRecord): Uint8Array {
  const { reference, members, name, service, signed } = group;
  const marks =
    (isMember(group, pneIn(asked)) ? GroupMark.member : 0) +
    (isOwner(group, asked.asker) ? GroupMark.owner : 0) +
    (may(asked, 'group-join', groupNumber(reference)) ? GroupMark.joinable : 0) +
    (signed ? GroupMark.signed : 0);
  return encodeFlat([reference, marks, members.length, name, service]);
}
