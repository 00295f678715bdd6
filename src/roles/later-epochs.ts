// SPDX-License-Identifier: Apache-2.0

/** A PNE that has later keys than its server knows of shows that the server's store is behind: they go on above those. */
import { USER_KEY } from '../keys/reference.ts';
import { refuse } from '../refusal.ts';
import type { ServerGroup } from './group-key.ts';
import type { HeldKey } from './key-message.ts';

/** How far the epoch of a PNE may be above the server's: more is no store that was rolled back. */
const MAX_EPOCH_STEP = 1024;

/** Of the user key that it has; 0: of none. `known`: the server's. Refuses `keyEpochInvalid`, as `groupsBehind` does. */
export function userEpochIn(held: readonly HeldKey[], known: number): number {
  const epoch = held.find(({ reference }) => reference === USER_KEY)?.epoch ?? 0;
  checkStep(epoch, known);
  return epoch;
}

/** The groups of this PNE that are behind what it has in this boot, each with the epoch that it has to go above. */
export function groupsBehind(
  pneId: string,
  boot: number,
  held: readonly HeldKey[],
  groups: ReadonlyMap<number, ServerGroup>,
): ReadonlyMap<number, number> {
  const behind = new Map<number, number>();
  for (const { record, members } of groups.values())
    if ((members.get(pneId)?.firstBoot ?? 0) > boot) behind.set(record.reference, record.key.epoch);
  for (const { reference, epoch } of held) {
    const group = groups.get(reference);
    if (group?.members.has(pneId) !== true || epoch <= group.record.key.epoch) continue;
    checkStep(epoch, group.record.key.epoch);
    behind.set(reference, epoch);
  }
  return behind;
}

function checkStep(held: number, known: number): void {
  if (held - known > MAX_EPOCH_STEP) refuse('keyEpochInvalid');
}
