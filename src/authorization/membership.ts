// SPDX-License-Identifier: Apache-2.0

/** What a PNE may do in a PN, and what the PNE lets the server do for that. */
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { Authority, type Grants } from './authority.ts';
import { ContentDelivery, encodeBareGrant } from './bare.ts';
import type { Claims } from './claims.ts';
import { THIS_END } from './cti.ts';
import { authorize } from './decision.ts';
import { ObjectKind, type OperationName, objectOf, rowFor } from './operations.ts';
import type { Scope } from './scope.ts';

/** The PN of an entity that is told of no other. */
export const DEFAULT_PN = 1;

export type PnOperation = Extract<OperationName, 'pn-join' | 'pn-report' | 'pn-receive'>;

/** What most PNEs have, as who decides by it keeps it: to join a PN, report readings, get contents; and `more`. */
export function membership(pn: number, sequence: number, exp: number, more: Scope = []): Claims {
  const own = rowFor(objectOf(ObjectKind.personalNetwork, pn), 'pn-join', 'pn-report', 'pn-receive');
  return { audience: THIS_END, sequence, scope: together([own, ...more]), expiry: { exp } };
}

/** One row for each object, in their order. Refuses `grantInvalid` more than a grant has. */
export function together(rows: Scope): Scope {
  const permissions = new Map<number, number>();
  for (const row of rows) permissions.set(row.object, (permissions.get(row.object) ?? 0) | row.permissions);
  if (permissions.size > ImplementationLimits.grantMaxRows) refuse('grantInvalid');
  const scope = [...permissions].map(([object, bits]) => ({ object, permissions: bits }));
  return scope.sort((a, b) => a.object - b.object);
}

/** Membership of one PN for PNEs that are known beforehand, as long as the process lives. */
export function lastingMembership(names: readonly string[]): Authority {
  const authority = new Authority({ now: () => 0 });
  for (const name of names) authority.hold(name, membership(DEFAULT_PN, 0, Number.MAX_SAFE_INTEGER));
  return authority;
}

/** Whether a PNE may do that in this PN now. */
export function mayInPn(grants: Grants, pn: number, name: string | undefined, action: PnOperation): boolean {
  if (name === undefined) return false;
  const subject = { role: 'pne', name, scope: grants.scopeOf(name) } as const;
  return authorize(subject, action, objectOf(ObjectKind.personalNetwork, pn), {}).kind === 'permit';
}

/**
 * What the server may do at a PNE, for the PNE, which has no clock: undefined where the PNE is not to get contents. It
 * ends with the PNE's own grant, and within a day: then the PNE registers again.
 */
export function serverGrant(grants: Grants, pn: number, name: string): Uint8Array | undefined {
  const held = grants.grantOf(name);
  if (held === undefined || !mayInPn(grants, pn, name, 'pn-receive')) return undefined;
  const { object, bit } = ContentDelivery;
  const exi = Math.min(held.seconds, ImplementationLimits.serverGrantSeconds);
  return encodeBareGrant(held.sequence, { scope: [{ object, permissions: 1 << bit }], exi });
}
