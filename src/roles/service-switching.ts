// SPDX-License-Identifier: Apache-2.0

/** A PN that is to move to another gateway, as it is asked for (PN GW Switching Request). */
import { maySwitchTo } from '../authorization/gateway-access.ts';
import { decideService, type ServiceGrants, subjectOf } from '../authorization/service-access.ts';
import { groupNumber } from '../keys/reference.ts';
import { refuse } from '../refusal.ts';
import type { GroupRecord } from './group-record.ts';
import type { SwitchRequest } from './key-store.ts';
import { administers, ownedByAsker } from './ownership.ts';
import { networkAt } from './service-networks.ts';
import { demand, nameIn, type ServiceHandler, textsOf } from './service-operation.ts';

/**
 * By its owner, or by who administers it in his place, to a gateway that may become its. In place of what was asked for
 * this PN before. Of one that there is not the grants alone decide.
 */
export const switchNetwork: ServiceHandler = (asked) => {
  const gateway = nameIn(textsOf(asked, 1)[0]);
  const { asker, grants, wish } = asked;
  const network = networkAt(asked);
  if (network === undefined) {
    demand(asked, 'gateway-request', groupNumber(wish.number), ownedByAsker(asker));
    return refuse('groupUnknown');
  }
  checkSwitch(grants, { reference: network.reference, gateway, asker }, network);
  return { changes: { switches: [{ reference: network.reference, gateway, asker }] } };
};

/**
 * Refuses where who asks may not have this PN moved, or the gateway may not become its. A gateway may ask for a PN that
 * it is the gateway of, and for one that it would become the gateway of itself.
 */
export function checkSwitch(
  grants: ServiceGrants,
  { reference, gateway, asker }: SwitchRequest,
  network: GroupRecord,
): void {
  const number = groupNumber(reference);
  const isTaking = asker.role === 'gateway' && asker.name === gateway;
  const context = isTaking || administers(network, asker) ? ownedByAsker(asker) : {};
  const decision = decideService(subjectOf(grants, asker), 'gateway-request', number, context);
  if (decision.kind === 'deny') refuse(decision.reason);
  if (!maySwitchTo(grants.gateway, gateway, number)) refuse('notAuthorized');
}
