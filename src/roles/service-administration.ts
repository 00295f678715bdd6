// SPDX-License-Identifier: Apache-2.0

/**
 * Who administers a PN, as it is asked for. The owner makes members administrators; both, and the gateway that the PN
 * is at, take adminees in and out. Each needs its own grants for that, but to give up what one is.
 */
import { groupNumber } from '../keys/reference.ts';
import { refuse } from '../refusal.ts';
import { isAdministrator, withAdministrator, withoutAdministrator } from './administrators.ts';
import { type GroupRecord, isMember, withMember, withoutMember } from './group-record.ts';
import { administers, isOwner, ownedByAsker } from './ownership.ts';
import { checkMayJoin, networkAt } from './service-networks.ts';
import {
  changeOf,
  demand,
  ownedBy,
  pneIn,
  type ServiceCase,
  type ServiceHandler,
  textsOf,
} from './service-operation.ts';

/** One that may be in this PN, and is in no other. */
export const addAdminee: ServiceHandler = (asked) => {
  const [pneId = ''] = textsOf(asked, 1);
  const network = administered(asked);
  if (!isMember(network, pneId)) checkMayJoin(asked, pneId, groupNumber(network.reference));
  return changeOf(network, withMember(network, pneId, asked.rekeying));
};

/** Refuses `notOwner` where an administrator means the owner or an administrator: they leave, or he removes them. */
export const removeAdminee: ServiceHandler = (asked) => {
  const [pneId = ''] = textsOf(asked, 1);
  const network = administered(asked);
  const isAdminee = pneId !== network.owner && !isAdministrator(network, pneId);
  if (!isAdminee && !isOwner(network, asked.asker)) refuse('notOwner');
  return changeOf(network, withoutMember(network, pneId, asked.rekeying));
};

/** A member of the PN. */
export const assignAdmin: ServiceHandler = (asked) => {
  const [pneId = ''] = textsOf(asked, 1);
  const network = ownedBy(asked, 'admin-assign', networkAt(asked)) ?? refuse('groupUnknown');
  return changeOf(network, withAdministrator(network, pneId));
};

/** One for another in one step. Refuses `credentialUnknown` where neither is one. */
export const changeAdmin: ServiceHandler = (asked) => {
  const [from = '', to = ''] = textsOf(asked, 2);
  const network = ownedBy(asked, 'admin-change', networkAt(asked)) ?? refuse('groupUnknown');
  if (from === to) refuse('badArgument');
  if (![from, to].some((pneId) => isAdministrator(network, pneId))) refuse('credentialUnknown');
  return changeOf(network, withAdministrator(withoutAdministrator(network, from), to));
};

/** By himself, or by who may assign one. He stays a member. */
export const releaseAdmin: ServiceHandler = (asked) => {
  const [pneId = pneIn(asked) ?? refuse('badArgument')] = textsOf(asked, 0, 1);
  const network = networkAt(asked);
  if (pneId === pneIn(asked)) demandMember(asked, network);
  else ownedBy(asked, 'admin-assign', network);
  return network === undefined
    ? refuse('groupUnknown')
    : changeOf(network, withoutAdministrator(network, pneId));
};

/** The PN, where its owner asks or who acts in his place. Of one that there is not the grants alone decide. */
function administered(asked: ServiceCase): GroupRecord {
  const { asker, wish } = asked;
  const network = networkAt(asked);
  const isInPlace = network === undefined || administers(network, asker);
  demand(asked, 'admin-add', groupNumber(wish.number), isInPlace ? ownedByAsker(asker) : {});
  return network ?? refuse('groupUnknown');
}

/** An administrator that is none any more belongs to the PN still: asked again he finds it done. */
function demandMember(asked: ServiceCase, network: GroupRecord | undefined): void {
  const belongs = network !== undefined && isMember(network, pneIn(asked));
  demand(asked, 'admin-release', groupNumber(asked.wish.number), { isMember: belongs });
}
