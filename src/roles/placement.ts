// SPDX-License-Identifier: Apache-2.0

import type { GroupRecord } from './group-record.ts';

/**
 * Where PNEs are to be, by their ids: at the gateways that their PNs were switched to. Who is in none of those PNs may be
 * anywhere, and is left out.
 */
export function placesOf(groups: readonly GroupRecord[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, readonly string[]>();
  for (const { gateway, members } of groups) {
    if (gateway === undefined) continue;
    for (const { pneId } of members) {
      const known = places.get(pneId) ?? [];
      if (!known.includes(gateway)) places.set(pneId, [...known, gateway]);
    }
  }
  return places;
}
