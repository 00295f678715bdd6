// SPDX-License-Identifier: Apache-2.0

/** What a PNE may do with PNs, service groups and lists of devices of its server, by a grant that names one or all of them. */
import type { Grants } from './authority.ts';
import { authorize, type Context, type Decision } from './decision.ts';
import { OPERATIONS, type OperationName, objectOf } from './operations.ts';

/** In a grant: all of a kind, and those that are to be. PNs and groups have numbers from 1 on. */
export const EVERY = 0;

/** `number`: of the PN or group; `EVERY` where there is none yet. */
export function decideService(
  grants: Grants,
  name: string,
  action: OperationName,
  number: number,
  context: Context = {},
): Decision {
  const subject = { role: 'pne', name, scope: grants.scopeOf(name) } as const;
  const { kind } = OPERATIONS[action];
  const own = authorize(subject, action, objectOf(kind, number), context);
  if (own.kind === 'permit' || number === EVERY) return own;
  const general = authorize(subject, action, objectOf(kind, EVERY), context);
  // That somebody else owns it says more than that this row is not the one.
  return general.kind === 'deny' && general.reason === 'notAuthorized' ? own : general;
}

export function mayService(...question: Parameters<typeof decideService>): boolean {
  return decideService(...question).kind === 'permit';
}
