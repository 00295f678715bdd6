// SPDX-License-Identifier: Apache-2.0

import type { Grants } from '../authorization/authority.ts';
import { mayService } from '../authorization/service-access.ts';
import { groupNumber, isPersonalNetwork } from '../keys/reference.ts';
import type { ServerKeysOptions } from './server-keys.ts';

/** Whether a PNE joins or leaves a group as it asks to: by its grants, and by the members that the server has of it. */
export function groupPermission(grants: Grants): ServerKeysOptions['permits'] {
  return (name, request, { reference, members, owner }) => {
    const context = {
      isMember: members.some(({ pneId }) => pneId === name),
      ...(owner !== undefined && { owner }),
    };
    const action = `${isPersonalNetwork(reference) ? 'pn' : 'group'}-${request}` as const;
    const subject = { role: 'pne', name, scope: grants.scopeOf(name) } as const;
    return mayService(subject, action, groupNumber(reference), context);
  };
}
