// SPDX-License-Identifier: Apache-2.0

/** What PNEs and gateways are granted of what their messages ask for (service-message.ts), and the rows for it. */
import { OPERATIONS, type OperationName, objectOf } from '../authorization/operations.ts';
import type { Scope } from '../authorization/scope.ts';
import { groupNumber, isPersonalNetwork, USER_KEY } from '../keys/reference.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

export const SERVICE_RIGHTS = Object.freeze([
  'pn-setup',
  'pn-choose',
  'pn-join',
  'pn-release',
  'admin-add',
  'admin-assign',
  'admin-change',
  'gateway-request',
  'group-create',
  'group-own',
  'group-discover',
  'group-join',
  'group-transfer',
  'group-remove',
  'devices-read',
  'devices-capabilities',
] as const satisfies readonly OperationName[]);

export type ServiceRight = (typeof SERVICE_RIGHTS)[number];

/** Those of gateways. */
export const GATEWAY_RIGHTS = Object.freeze([
  'pn-setup',
  'pn-release',
  'admin-add',
  'admin-assign',
  'admin-change',
  'gateway-request',
  'group-discover',
  'devices-read',
  'devices-capabilities',
] as const satisfies readonly ServiceRight[]);

export type GatewayServiceRight = (typeof GATEWAY_RIGHTS)[number];

/** The number of the PN or group that an operation is for. Refuses `badArgument` one that it is not for. */
export function numberFor(action: ServiceRight, reference: number): number {
  const isKind = isPersonalNetwork(reference) !== action.startsWith('group-');
  const isReference = Number.isInteger(reference) && reference > USER_KEY;
  if (!isKind || !isReference || reference > ImplementationLimits.maxGroupReference)
    refuse('badArgument', `${action} is not for ${reference}`);
  return groupNumber(reference);
}

/** Rows for these operations, each on the PN or group of this number, or on every one (`EVERY`). */
export function scopeOf(rights: readonly (readonly [OperationName, number])[]): Scope {
  const permissions = new Map<number, number>();
  for (const [action, number] of rights) {
    const { kind, bit } = OPERATIONS[action];
    const object = objectOf(kind, number);
    permissions.set(object, (permissions.get(object) ?? 0) | (1 << bit));
  }
  const rows = [...permissions].map(([object, bits]) => ({ object, permissions: bits }));
  return rows.sort((a, b) => a.object - b.object);
}
