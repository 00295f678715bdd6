// SPDX-License-Identifier: Apache-2.0

/**
 * What can be done to what, and what it takes. The objects and operations are CPNS's; their numbers, and which rule
 * each follows, are local: this is the one table of them.
 */
import { refuse } from '../refusal.ts';
import type { Row } from './scope.ts';

/** The low three bits of an object's number. */
export const ObjectKind = Object.freeze({
  personalNetwork: 0,
  gateway: 1,
  administration: 2,
  serviceGroup: 3,
  /** Contents and services of a PNE. */
  content: 4,
  deviceList: 5,
  bridge: 6,
} as const);

/** Who may ask at all, before any grant is looked at. */
export type EntityRole = 'pne' | 'gateway' | 'server' | 'external';

/**
 * What it takes, beyond the role:
 *
 * - `grant`: a row of a grant with the bit of the operation
 * - `owner`: that, and to own the object
 * - `openness`: that, and that the object is open, or its owner consents
 * - `member`: to belong to the object. Who has lost every grant can still leave.
 */
export type Rule = 'grant' | 'owner' | 'openness' | 'member';

export interface Operation {
  readonly kind: number;
  /** Of the permissions in a row for an object of this kind. */
  readonly bit: number;
  readonly roles: readonly EntityRole[];
  readonly rule: Rule;
}

const { personalNetwork, gateway, administration, serviceGroup, content, deviceList, bridge } = ObjectKind;

export const OPERATIONS = Object.freeze({
  'pn-join': operation(personalNetwork, 0, 'grant', 'pne', 'gateway'),
  'pn-report': operation(personalNetwork, 1, 'grant', 'pne'),
  'pn-receive': operation(personalNetwork, 2, 'grant', 'pne'),
  'pn-choose': operation(personalNetwork, 3, 'grant', 'pne'),
  'pn-setup': operation(personalNetwork, 4, 'grant', 'pne', 'gateway'),
  'pn-release': operation(personalNetwork, 5, 'owner', 'pne', 'gateway'),
  'pn-leave': operation(personalNetwork, 6, 'member', 'pne', 'gateway'),
  /** To become the gateway of a PN. */
  'gateway-switch': operation(gateway, 0, 'grant', 'gateway'),
  /** To have a PN moved to one that may become it. */
  'gateway-request': operation(gateway, 1, 'owner', 'pne', 'gateway'),
  'admin-add': operation(administration, 0, 'owner', 'pne', 'gateway'),
  'admin-assign': operation(administration, 1, 'owner', 'pne', 'gateway'),
  'admin-change': operation(administration, 2, 'owner', 'pne', 'gateway'),
  'admin-release': operation(administration, 3, 'member', 'pne', 'gateway'),
  'group-discover': operation(serviceGroup, 0, 'grant', 'pne', 'gateway', 'external'),
  'group-join': operation(serviceGroup, 1, 'grant', 'pne'),
  'group-publish': operation(serviceGroup, 2, 'grant', 'pne', 'server', 'external'),
  'group-create': operation(serviceGroup, 3, 'grant', 'pne'),
  'group-own': operation(serviceGroup, 4, 'grant', 'pne'),
  'group-transfer': operation(serviceGroup, 5, 'owner', 'pne'),
  'group-remove': operation(serviceGroup, 6, 'owner', 'pne'),
  'group-leave': operation(serviceGroup, 7, 'member', 'pne'),
  'content-deliver': operation(content, 0, 'grant', 'server', 'external'),
  'content-access': operation(content, 1, 'openness', 'pne', 'gateway', 'external'),
  'devices-read': operation(deviceList, 0, 'grant', 'pne', 'gateway', 'external'),
  'devices-capabilities': operation(deviceList, 1, 'grant', 'pne', 'gateway', 'external'),
  'bridge-open': operation(bridge, 0, 'openness', 'gateway'),
});

export type OperationName = keyof typeof OPERATIONS;

/** The number of an object: which of its kind it is, from 0, above its kind. */
export function objectOf(kind: number, instance: number): number {
  return instance * 8 + kind;
}

export function kindOf(object: number): number {
  return object % 8;
}

/** The row that permits these operations on that object. Refuses `badArgument` one of another kind, or none. */
export function rowFor(object: number, ...names: readonly OperationName[]): Row {
  let permissions = 0;
  for (const name of names) {
    const { kind, bit } = OPERATIONS[name];
    if (kind !== kindOf(object)) refuse('badArgument');
    permissions |= 1 << bit;
  }
  return permissions === 0 ? refuse('badArgument') : { object, permissions };
}

function operation(kind: number, bit: number, rule: Rule, ...roles: EntityRole[]): Operation {
  return Object.freeze({ kind, bit, rule, roles: Object.freeze(roles) });
}
