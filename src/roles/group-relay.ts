// SPDX-License-Identifier: Apache-2.0

import { parseContent } from '../groups/content.ts';
import type { Link } from '../link/link.ts';
import { refuse } from '../refusal.ts';
import type { ServerGroup } from './group-key.ts';
import type { ServerKeyHost } from './server-keys.ts';

/**
 * Passes a content that came by this gateway and flow on to each other gateway that has a member. Refuses one of whoever
 * is not the member that it names, and of an epoch that has ended.
 */
export function relayContent(
  host: Pick<ServerKeyHost, 'routeOf' | 'sendContent'>,
  groups: ReadonlyMap<number, ServerGroup>,
  from: { readonly gateway: Link; readonly flow: number },
  bytes: Uint8Array,
): void {
  const { reference, epoch, sender } = parseContent(bytes);
  const group = groups.get(reference) ?? refuse('groupUnknown');
  const route = host.routeOf(group.memberWith(sender.number) ?? refuse('senderForeign'));
  if (route?.gateway !== from.gateway || route.flow !== from.flow) refuse('senderForeign');
  const behind = (group.record.key.epoch - epoch) & 3;
  if (behind > (group.record.isUrgent ? 0 : 1)) refuse('keyEpochInvalid');
  const gateways = new Set<Link>();
  for (const pneId of group.members.keys()) {
    const to = host.routeOf(pneId)?.gateway;
    if (to !== undefined && to !== from.gateway) gateways.add(to);
  }
  for (const to of gateways) host.sendContent(to, bytes);
}
