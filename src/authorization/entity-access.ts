// SPDX-License-Identifier: Apache-2.0

/** What an external entity may do with a PNE, by a grant that names all PNEs, one of them, or the members of a group. */
import type { Grants } from './authority.ts';
import { authorize, type Context, type Decision } from './decision.ts';
import { ObjectKind, type OperationName, objectOf, rowFor } from './operations.ts';
import type { Row, Scope } from './scope.ts';

export type EntityOperation = Extract<
  OperationName,
  'content-access' | 'content-deliver' | 'devices-read' | 'devices-capabilities' | 'group-publish'
>;

/** A PNE, as a decision sees it. */
export interface EntityTarget {
  /** Its number at the server (src/node/entities.ts), where a grant has named it; from 1 on. */
  readonly number?: number;
  /** References of the service groups that it is a member of. */
  readonly groups: readonly number[];
}

/** Contents and services of: every PNE, one PNE, the members of a group. Which instance of the kind that is, is local. */
export type EntityObject = 'all' | { readonly pne: number } | { readonly group: number };

/** Bits of what an entity is told that it may do with a PNE. `consentRequired`: access, once the owner has consented. */
export const EntityPermission = Object.freeze({ access: 1, deliver: 2, consentRequired: 4 } as const);

export function contentObject(what: EntityObject): number {
  if (what === 'all') return objectOf(ObjectKind.content, 0);
  const instance = 'pne' in what ? what.pne * 2 : what.group * 2 + 1;
  return objectOf(ObjectKind.content, instance);
}

/** The list of devices of a PN. */
export function deviceListObject(pn: number): number {
  return objectOf(ObjectKind.deviceList, pn);
}

/** A service group, by its number. */
function groupObject(number: number): number {
  return objectOf(ObjectKind.serviceGroup, number);
}

export interface EntityRights {
  readonly read: readonly EntityObject[];
  readonly command: readonly EntityObject[];
  /** Numbers of service groups that it publishes to. */
  readonly publish?: readonly number[];
  /** Whether it may ask what devices can do. */
  readonly capabilities?: boolean;
  readonly pn: number;
}

/** A grant's rows, in their order: the contents, and the list of devices with what may be done with each. */
export function entityScope({ read, command, publish = [], capabilities, pn }: EntityRights): Scope {
  const rows = new Map<number, Row>();
  const add = (object: number, action: EntityOperation) => {
    const { permissions } = rowFor(object, action);
    rows.set(object, { object, permissions: permissions | (rows.get(object)?.permissions ?? 0) });
  };
  for (const each of read) add(contentObject(each), 'content-access');
  for (const each of command) add(contentObject(each), 'content-deliver');
  for (const each of publish) add(groupObject(each), 'group-publish');
  add(deviceListObject(pn), 'devices-read');
  if (capabilities) add(deviceListObject(pn), 'devices-capabilities');
  return [...rows.values()].sort((a, b) => a.object - b.object);
}

const OPEN: Context = Object.freeze({ openness: 'open' });

/**
 * Whether an entity may read a PNE's readings, or send it contents. `context`: how open the PNE's contents are, who owns
 * them, and what he has answered; without it they are open to whoever has a grant.
 */
export function decideWithPne(
  grants: Grants,
  entity: string,
  action: 'content-access' | 'content-deliver',
  { number, groups }: EntityTarget,
  context = OPEN,
): Decision {
  const subject = { role: 'external', name: entity, scope: grants.scopeOf(entity) } as const;
  const named: EntityObject[] = ['all', ...(number === undefined ? [] : [{ pne: number }])];
  const objects = [...named, ...groups.map((group) => ({ group }))].map(contentObject);
  const decisions = objects.map((object) => authorize(subject, action, object, context));
  const first = (kind: Decision['kind']) => decisions.find((decision) => decision.kind === kind);
  return first('permit') ?? first('ask') ?? decisions[0]!;
}

/** What an entity may do with a PNE, in bits of EntityPermission. */
export function permissionsWith(
  grants: Grants,
  entity: string,
  target: EntityTarget,
  context = OPEN,
): number {
  const { access, deliver, consentRequired } = EntityPermission;
  const reading = decideWithPne(grants, entity, 'content-access', target, context).kind;
  const sending = decideWithPne(grants, entity, 'content-deliver', target).kind;
  const read = reading === 'ask' ? consentRequired : 0;
  return (reading === 'permit' ? access : read) | (sending === 'permit' ? deliver : 0);
}

/** Whether an entity may be told which devices there are, or asks what they can do. */
export function mayWithDevices(
  grants: Grants,
  entity: string,
  action: 'devices-read' | 'devices-capabilities',
  pn: number,
): boolean {
  const subject = { role: 'external', name: entity, scope: grants.scopeOf(entity) } as const;
  return authorize(subject, action, deviceListObject(pn), {}).kind === 'permit';
}

/** Whether an entity may publish to the service group of this number. */
export function mayPublish(grants: Grants, entity: string, number: number): boolean {
  const subject = { role: 'external', name: entity, scope: grants.scopeOf(entity) } as const;
  return authorize(subject, 'group-publish', groupObject(number), {}).kind === 'permit';
}
