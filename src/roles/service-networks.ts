// SPDX-License-Identifier: Apache-2.0

/** PNs as they are asked for: set up, listed, chosen and released. A PNE is in one PN at a time. */
import { maySwitchTo } from '../authorization/gateway-access.ts';
import { EVERY } from '../authorization/service-access.ts';
import { encodeFlat } from '../cbor/flat.ts';
import { groupNumber, isPersonalNetwork } from '../keys/reference.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { isAdministrator } from './administrators.ts';
import {
  freeReference,
  type GroupRecord,
  isMember,
  newGroup,
  withMember,
  withoutMember,
} from './group-record.ts';
import { isOwner, ownedBy as ownersOf } from './ownership.ts';
import { GroupMark, NetworkMark, NetworkType } from './service-message.ts';
import {
  demand,
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

/**
 * A PN that who asks owns, of itself, if a PNE, and, by its type, nobody else, or whoever is at its gateway, may be in
 * it and is in no other, or those that it lists. One that it owns by this name already is that.
 */
export const setUpNetwork: ServiceHandler = (asked) => {
  const { asker, wish, view, rekeying } = asked;
  const [name, ...listed] = textsOf(asked, 1, 1 + ImplementationLimits.serviceMaxListed);
  if (wish.number > NetworkType.listed || (listed.length > 0 && wish.number !== NetworkType.listed))
    refuse('badArgument');
  demand(asked, 'pn-setup', EVERY);
  const own = { name: nameIn(name), service: '', ...ownersOf(asker), signed: false };
  const owned = networks(view.groups.values()).filter((network) => isOwner(network, asker));
  const known = owned.find((network) => network.name === own.name);
  if (known !== undefined) return { results: [known.reference] };
  const self = asker.role === 'pne' ? [asker.name] : [];
  if (self.some((id) => networkOf(asked, id) !== undefined)) refuse('networkTaken');
  if (owned.length >= ImplementationLimits.serviceMaxOwned) refuse('groupFull');
  const others = wish.number === NetworkType.paired ? pairedWith(asked) : checked(asked, listed);
  const reference = freeReference(view.groups, 'pn');
  const members = [...new Set([...self, ...others])];
  return { changes: { groups: [newGroup({ ...own, reference }, members, rekeying)] }, results: [reference] };
};

/** Those that a PNE may choose, and the one that it is in; or that a gateway may take, owns, or is the gateway of. */
export const listNetworks: ServiceHandler = (asked) => {
  textsOf(asked, 0);
  const known = networks(asked.view.groups.values()).filter(
    (network) => belongs(asked, network) || mayChoose(asked, network),
  );
  if (known.length === 0) demand(asked, asked.asker.role === 'pne' ? 'pn-choose' : 'pn-setup', EVERY);
  const found = known.filter(({ reference }) => reference > asked.wish.number);
  return { results: pageOf(found.map((each) => ({ at: each.reference, entry: entryOf(asked, each) }))) };
};

/** In place of the one that the PNE is in. */
export const chooseNetwork: ServiceHandler = (asked) => {
  textsOf(asked, 0);
  const { wish, view, rekeying } = asked;
  demand(asked, 'pn-choose', groupNumber(wish.number));
  const pneId = pneIn(asked) ?? refuse('notAuthorized');
  const chosen = networkAt(asked) ?? refuse('groupUnknown');
  if (isMember(chosen, pneId)) return {};
  const left = networks(view.groups.values()).filter((network) => isMember(network, pneId));
  const changed = left.map((network) => withoutMember(network, pneId, rekeying));
  return { changes: { groups: [...changed, withMember(chosen, pneId, rekeying)] } };
};

/** By its owner. One that there is not any more is released. */
export const releaseNetwork: ServiceHandler = (asked) => {
  textsOf(asked, 0);
  if (!isPersonalNetwork(asked.wish.number)) refuse('groupUnknown');
  const record = ownedBy(asked, 'pn-release', networkAt(asked));
  return record === undefined ? {} : { changes: { ended: [record.reference] } };
};

/** The PN that is meant, if there is one. */
export function networkAt({ wish, view }: ServiceCase): GroupRecord | undefined {
  return isPersonalNetwork(wish.number) ? view.groups.get(wish.number) : undefined;
}

function networks(groups: Iterable<GroupRecord>): GroupRecord[] {
  return inOrder(groups).filter(({ reference }) => isPersonalNetwork(reference));
}

function networkOf({ view }: ServiceCase, pneId: string): GroupRecord | undefined {
  return networks(view.groups.values()).find((network) => isMember(network, pneId));
}

function pairedWith(asked: ServiceCase): string[] {
  const isFree = (id: string) => mayBeIn(asked, id, EVERY) && networkOf(asked, id) === undefined;
  return asked.neighbours().filter(isFree);
}

/** Refuses where one of them is unknown, may not be in it, or is in another PN. */
function checked(asked: ServiceCase, ids: readonly string[]): readonly string[] {
  for (const id of ids) if (id !== pneIn(asked)) checkMayJoin(asked, id, EVERY);
  return ids;
}

/** Refuses a PNE that is unknown, may not be in the PN of this number, or is in another PN. */
export function checkMayJoin(asked: ServiceCase, pneId: string, number: number): void {
  if (!asked.isKnown(pneId)) refuse('credentialUnknown');
  if (!mayBeIn(asked, pneId, number)) refuse('notAuthorized');
  if (networkOf(asked, pneId) !== undefined) refuse('networkTaken');
}

/** It is asked by its grant: one for a PN that is to be names every PN. */
function mayBeIn(asked: ServiceCase, pneId: string, number: number): boolean {
  return may(asked, 'pn-join', number, pneId) && asked.view.userOf(pneId)?.isRevoked !== true;
}

function mayChoose(asked: ServiceCase, { reference }: GroupRecord): boolean {
  const { asker, grants } = asked;
  if (asker.role === 'gateway') return maySwitchTo(grants.gateway, asker.name, groupNumber(reference));
  return may(asked, 'pn-choose', groupNumber(reference));
}

/** Whether a list has it for what it is already. */
function belongs(asked: ServiceCase, network: GroupRecord): boolean {
  return isIn(asked, network) || (asked.asker.role === 'gateway' && isOwner(network, asked.asker));
}

/** A gateway is in the PN that it is the gateway of. */
function isIn({ asker: { role, name } }: ServiceCase, network: GroupRecord): boolean {
  return role === 'pne' ? isMember(network, name) : network.gateway === name;
}

function entryOf(asked: ServiceCase, network: GroupRecord): Uint8Array {
  const { reference, members, name, gateway = '' } = network;
  const marks =
    (isIn(asked, network) ? GroupMark.member : 0) +
    (isOwner(network, asked.asker) ? GroupMark.owner : 0) +
    (mayChoose(asked, network) ? GroupMark.joinable : 0) +
    (isAdministrator(network, pneIn(asked)) ? NetworkMark.administrator : 0);
  return encodeFlat([reference, marks, members.length, name, gateway]);
}
