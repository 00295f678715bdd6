// SPDX-License-Identifier: Apache-2.0

import { GroupNetwork } from './group-network.testing.ts';
import type { NewGroup } from './server-keys.ts';

export const DEVICES = Object.freeze(['pne-1', 'pne-2', 'pne-3']);

export const GROUP: NewGroup = Object.freeze({
  kind: 'service',
  name: 'lights',
  members: ['pne-1', 'pne-2'],
});

export const REFERENCE = 2;

export function create(options: Partial<ConstructorParameters<typeof GroupNetwork>[0]> = {}, group = GROUP) {
  const network = new GroupNetwork({ devices: DEVICES, ...options });
  network.keys.create(group);
  network.settle();
  return network;
}

/** Whoever reads a content that `from` sends now. */
export function readers(network: GroupNetwork, from: string, value: unknown): string[] {
  const counts = [...network.devices.values()].map(({ contents }) => contents.length);
  network.device(from).keys.publish(REFERENCE, value);
  network.settle();
  return [...network.devices.values()]
    .filter(
      ({ contents }, at) => contents.length > counts[at]! && contents[contents.length - 1]![1] === value,
    )
    .map(({ id }) => id);
}

export function epochs(network: GroupNetwork): (number | undefined)[] {
  return [...network.devices.values()].map(
    ({ keys }) => keys.groups.find(({ reference }) => reference === REFERENCE)?.epoch,
  );
}
