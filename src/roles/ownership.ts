// SPDX-License-Identifier: Apache-2.0

/** Who owns a PN or service group, and who acts in his place, as decisions ask for it. */
import type { Context } from '../authorization/decision.ts';
import type { Asker } from '../authorization/service-access.ts';
import { isAdministrator } from './administrators.ts';
import type { GroupRecord } from './group-record.ts';

export function isOwner({ owner, owningGateway }: GroupRecord, { role, name }: Asker): boolean {
  return (role === 'pne' ? owner : owningGateway) === name;
}

/** Of what is to be his. */
export function ownedBy({ role, name }: Asker): Pick<GroupRecord, 'owner' | 'owningGateway'> {
  return role === 'pne' ? { owner: name } : { owner: undefined, owningGateway: name };
}

/** For a decision. */
export function ownerOf({ owner, owningGateway }: GroupRecord): Context {
  if (owningGateway !== undefined) return { owner: owningGateway, ownerRole: 'gateway' };
  return owner === undefined ? {} : { owner };
}

/** The same where who asks is the owner, or acts in his place. */
export function ownedByAsker({ role, name }: Asker): Context {
  return { owner: name, ownerRole: role };
}

/** Whether he owns the PN, or administers it in the owner's place: as an administrator, or as the gateway it is at. */
export function administers(network: GroupRecord, asker: Asker): boolean {
  const { role, name } = asker;
  const isInPlace = role === 'pne' ? isAdministrator(network, name) : network.gateway === name;
  return isInPlace || isOwner(network, asker);
}
