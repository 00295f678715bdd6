// SPDX-License-Identifier: Apache-2.0

/**
 * What whoever is no member says to a service group, by the server: a content for each member, in its session with the
 * server. Under the group's key nobody could tell it from what a member says, and the server, which wraps that key and seals
 * nothing under it, would need numbers of its own that no restart, restored store or second process may repeat.
 */
import { Refusal } from '../refusal.ts';
import type { Published } from './entity-message.ts';

/** Calls `done` once it is known for each whether it is stored. `deliver` refuses where there is no room. */
export function deliverToAll(
  members: readonly string[],
  deliver: (pneId: string, taken: (ticket: number | undefined) => void) => void,
  done: (published: Published) => void,
): void {
  let [queued, missed] = [0, 0];
  const taken = (isQueued: boolean) => {
    if (isQueued) queued += 1;
    else missed += 1;
    if (queued + missed === members.length) done({ queued, missed });
  };
  if (members.length === 0) return done({ queued, missed });
  for (const pneId of members) {
    try {
      deliver(pneId, (ticket) => taken(ticket !== undefined));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      taken(false);
    }
  }
}
