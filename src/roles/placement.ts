// SPDX-License-Identifier: Apache-2.0

import type { After, RunningTimer } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import type { GroupRecord } from './group-record.ts';

/** Names of gateways, by the ids of PNEs. Who is left out may be anywhere. */
export type Places = ReadonlyMap<string, readonly string[]>;

/**
 * Where PNEs are to be, by their ids: at the gateways that their PNs were switched to. Who is in none of those PNs may be
 * anywhere, and is left out.
 */
export function placesOf(groups: readonly GroupRecord[]): Places {
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

/**
 * States where PNEs are to be. One that is to be elsewhere may stay a moment where it is, in which it is told of that: it
 * may know no other gateway. What it says meanwhile passes as before; the key of its PN is not there any more.
 */
export class Placing {
  private readonly after: After;
  private readonly state: (places: Places) => void;
  /** As they were stated, without those that stay a moment. */
  private places: Places;
  private timer: RunningTimer | undefined;

  constructor(after: After, places: Places, state: (places: Places) => void) {
    this.after = after;
    this.places = places;
    this.state = state;
    state(places);
  }

  change(places: Places): void {
    this.timer?.cancel();
    this.state(eitherOf(this.places, places));
    this.timer = this.after(NodeLimits.placementGraceMs, () => {
      this.places = places;
      this.state(places);
    });
  }

  /** States nothing any more. */
  close(): void {
    this.timer?.cancel();
  }
}

/** Who may be anywhere by one of both may be so now. */
function eitherOf(former: Places, next: Places): Places {
  const places = new Map<string, readonly string[]>();
  for (const [pneId, gateways] of next) {
    const known = former.get(pneId);
    if (known !== undefined) places.set(pneId, [...new Set([...known, ...gateways])]);
  }
  return places;
}
