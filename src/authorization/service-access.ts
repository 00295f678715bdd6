// SPDX-License-Identifier: Apache-2.0

/**
 * What a PNE or a gateway may do with PNs, service groups and lists of devices of its server, by a grant that names one
 * or all of them.
 */
import type { Grants } from './authority.ts';
import { authorize, type Context, type Decision, type Subject } from './decision.ts';
import { OPERATIONS, type OperationName, objectOf } from './operations.ts';

/** In a grant: all of a kind, and those that are to be. PNs and groups have numbers from 1 on. */
export const EVERY = 0;

/** Who asks a server: a PNE by CPNS-3, or a gateway by CPNS-2. They may have the same name. */
export interface Asker {
  readonly role: 'pne' | 'gateway';
  readonly name: string;
}

/** What they may do. */
export type ServiceGrants = Readonly<Record<Asker['role'], Grants>>;

export function subjectOf(grants: ServiceGrants, { role, name }: Asker): Subject {
  return { role, name, scope: grants[role].scopeOf(name) };
}

/** `number`: of the PN or group; `EVERY` where there is none yet. */
export function decideService(
  subject: Subject,
  action: OperationName,
  number: number,
  context: Context = {},
): Decision {
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
