// SPDX-License-Identifier: Apache-2.0

/** What a PN GW may do with a PN, by a grant for it: to become its gateway, and to have a bridge to its gateway. */
import type { Grants } from './authority.ts';
import { authorize, type Context, type Decision } from './decision.ts';
import { ObjectKind, objectOf, rowFor } from './operations.ts';
import type { Row, Scope } from './scope.ts';

/** Numbers of the PNs that a gateway may become the gateway of, and of those that it may have a bridge to. */
export interface GatewayRights {
  readonly takes: readonly number[];
  readonly bridges: readonly number[];
}

/** A grant's rows, in their order. */
export function gatewayScope({ takes, bridges }: GatewayRights): Scope {
  const rows: Row[] = [
    ...[...new Set(takes)].map((pn) => rowFor(objectOf(ObjectKind.gateway, pn), 'gateway-switch')),
    ...[...new Set(bridges)].map((pn) => rowFor(objectOf(ObjectKind.bridge, pn), 'bridge-open')),
  ];
  return rows.sort((a, b) => a.object - b.object);
}

/** Whether a gateway may become that of a PN. */
export function maySwitchTo(grants: Grants, gateway: string, pn: number): boolean {
  const subject = { role: 'gateway', name: gateway, scope: grants.scopeOf(gateway) } as const;
  return authorize(subject, 'gateway-switch', objectOf(ObjectKind.gateway, pn), {}).kind === 'permit';
}

/**
 * Whether a gateway may have a bridge to a PN. `context`: how open the PN is to bridges, who owns it, and what he has
 * answered; without it it is open to whoever has a grant.
 */
export function decideBridge(
  grants: Grants,
  gateway: string,
  pn: number,
  context: Context = { openness: 'open' },
): Decision {
  const subject = { role: 'gateway', name: gateway, scope: grants.scopeOf(gateway) } as const;
  return authorize(subject, 'bridge-open', objectOf(ObjectKind.bridge, pn), context);
}
