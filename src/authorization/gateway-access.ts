// SPDX-License-Identifier: Apache-2.0

/** What a PN GW may do with a PN, by a grant for it: to become its gateway. */
import type { Grants } from './authority.ts';
import { authorize } from './decision.ts';
import { ObjectKind, objectOf, rowFor } from './operations.ts';
import type { Scope } from './scope.ts';

/** The role of being the gateway of a PN. */
export function gatewayObject(pn: number): number {
  return objectOf(ObjectKind.gateway, pn);
}

/** Numbers of the PNs that a gateway may become the gateway of. */
export interface GatewayRights {
  readonly takes: readonly number[];
}

/** A grant's rows, in their order. */
export function gatewayScope({ takes }: GatewayRights): Scope {
  const objects = [...new Set(takes.map(gatewayObject))].sort((a, b) => a - b);
  return objects.map((object) => rowFor(object, 'gateway-switch'));
}

/** Whether a gateway may become that of a PN. */
export function maySwitchTo(grants: Grants, gateway: string, pn: number): boolean {
  const subject = { role: 'gateway', name: gateway, scope: grants.scopeOf(gateway) } as const;
  return authorize(subject, 'gateway-switch', gatewayObject(pn), {}).kind === 'permit';
}
