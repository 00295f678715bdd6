// SPDX-License-Identifier: Apache-2.0

/** `--may`: what a device or a gateway may do with PNs, groups and lists of devices, as an administrator writes it. */
import { OPERATIONS, type OperationName, objectOf } from '../../authorization/operations.ts';
import type { Scope } from '../../authorization/scope.ts';
import { EVERY } from '../../authorization/service-access.ts';
import { groupNumber, isPersonalNetwork } from '../../keys/reference.ts';
import { ImplementationLimits } from '../../limits.ts';
import { UsageError } from './config.ts';

/** What messages of PNEs ask for. */
const RIGHTS: readonly OperationName[] = Object.freeze([
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
]);

/** The same of gateways. */
export const GATEWAY_RIGHTS: readonly OperationName[] = Object.freeze([
  'pn-setup',
  'pn-release',
  'admin-add',
  'admin-assign',
  'admin-change',
  'gateway-request',
  'group-discover',
  'devices-read',
  'devices-capabilities',
]);

/**
 * `OPERATION[:GROUP],...`: without a group, as lists number it, every one that there is and is to be. Throws what is none of
 * that.
 */
export function rightsIn(text: string, rights = RIGHTS): Scope {
  const permissions = new Map<number, number>();
  for (const word of text === '' ? [] : text.split(',')) {
    const [, name = '', group] = /^([a-z-]+)(?::(\d{1,7}))?$/.exec(word) ?? [];
    const action = rights.find((each) => each === name);
    if (action === undefined) throw new UsageError(`--may takes ${rights.join(', ')}, not ${word}`);
    const { kind, bit } = OPERATIONS[action];
    const object = objectOf(kind, group === undefined ? EVERY : numberIn(action, Number(group)));
    permissions.set(object, (permissions.get(object) ?? 0) | (1 << bit));
  }
  return [...permissions].map(([object, bits]) => ({ object, permissions: bits }));
}

function numberIn(action: OperationName, reference: number): number {
  const isOfKind = isPersonalNetwork(reference) !== action.startsWith('group-');
  if (reference < 1 || reference > ImplementationLimits.maxGroupReference || !isOfKind)
    throw new UsageError(`${action} is not for ${reference}: group list shows PNs and service groups`);
  return groupNumber(reference);
}
