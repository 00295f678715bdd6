// SPDX-License-Identifier: Apache-2.0

import { isPersonalNetwork } from '../../keys/reference.ts';
import type { ServerKeys } from '../../roles/server-keys.ts';
import type { GroupView } from './state.ts';

/** The groups of a server, and who has the keys of them. */
export function groupViews(keys: Pick<ServerKeys, 'groups' | 'holders'>): GroupView[] {
  return keys.groups.map(({ reference, name, owningGateway, signed, key, rekeys, members, ...whose }) => {
    const owner = owningGateway === undefined ? whose.owner : `gateway ${owningGateway}`;
    const holders = new Set(keys.holders(reference));
    return {
      ...{ reference, name, owner, rekeys, epoch: key.epoch },
      kind: `${signed ? 'signed ' : ''}${isPersonalNetwork(reference) ? 'PN' : 'service group'}`,
      members: members.map(({ pneId }) => ({ id: pneId, hasKey: holders.has(pneId) })),
    };
  });
}
