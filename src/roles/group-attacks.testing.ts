// SPDX-License-Identifier: Apache-2.0

import type { Secret } from '../crypto/provider.ts';
import { GroupEpoch } from '../groups/epoch.ts';
import { groupKeyOf } from '../keys/hierarchy.ts';
import { Channel } from '../link/channel.ts';
import { decodeRoute } from '../link/route.ts';
import { compactPayloads } from '../payload/compact.ts';
import { GroupNetwork, SERVER_ROOT } from './group-network.testing.ts';
import { PROVIDER } from './identities.testing.ts';

export const REFERENCE = 2;

export function create(
  devices: readonly string[] = ['pne-1', 'pne-2', 'pne-3'],
  members = devices.slice(0, 2),
) {
  const network = new GroupNetwork({ devices, permits: () => true });
  network.keys.create({ kind: 'service', name: 'lights', members });
  network.settle();
  return network;
}

export function say(network: GroupNetwork, from: string, value: unknown): void {
  network.device(from).keys.publish(REFERENCE, value);
  network.settle();
}

export function read(network: GroupNetwork, id: string): unknown[] {
  return network.device(id).contents.map(([, value]) => value);
}

export function epochOf(network: GroupNetwork, id: string): number | undefined {
  return network.device(id).keys.groups.find(({ reference }) => reference === REFERENCE)?.epoch;
}

export function reasons(network: GroupNetwork, at: string): string[] {
  return network.refusals.filter((refusal) => refusal.at === at).map(({ reason }) => reason);
}

/** Contents that passed on CPNS-2, as a gateway sees them. */
export function tapContents(network: GroupNetwork): Uint8Array[] {
  const contents: Uint8Array[] = [];
  network.relay = (message, towards) => {
    const { message: inner } = decodeRoute(message);
    if (towards === 'server' && inner[0] === Channel.groupContent) contents.push(inner.slice(1));
    return [message];
  };
  return contents;
}

/** The key of the group, which any member knows; whoever gets it owns it. */
export function groupKey(network: GroupNetwork): Secret {
  const { key } = network.store.groups.get(REFERENCE)!;
  return groupKeyOf(PROVIDER, SERVER_ROOT, REFERENCE, key);
}

/** What any member may make itself: the group's present epoch, in the name of the member with this number. */
export function forgedEpoch(network: GroupNetwork, sender: number, firstBoot: number): GroupEpoch {
  const { epoch } = network.store.groups.get(REFERENCE)!.key;
  const membership = { reference: REFERENCE, epoch, sender, firstBoot, signed: false };
  return new GroupEpoch(PROVIDER, membership, groupKey(network));
}

/** A content of that. */
export function forgedBy(network: GroupNetwork, sender: number, value: unknown): Uint8Array {
  return forgedEpoch(network, sender, 1).seal(1, compactPayloads.encode(value));
}

/** Sends what is no honest PNE's, in its session with the gateway or with the server. */
export function sendAs(
  network: GroupNetwork,
  id: string,
  how: 'sendContent' | 'send',
  message: Uint8Array,
): void {
  const { keys } = network.device(id);
  (keys as unknown as { host: Record<typeof how, (bytes: Uint8Array) => void> }).host[how](message);
  network.settle();
}
