// SPDX-License-Identifier: Apache-2.0

import type { Party } from '../handshake/credential.ts';
import type { Link } from '../link/link.ts';

/**
 * Whether there is room for one more link beside these, the oldest of which comes first. Who waits longest without having
 * proved anything, goes for that.
 */
export function makeRoom<End extends { readonly link: Link; readonly peer: Party | undefined }>(
  ends: Set<End>,
  most: number,
  isCounted: (end: End) => boolean = () => true,
): boolean {
  const counted = [...ends].filter(isCounted);
  if (counted.length < most) return true;
  const idle = counted.find(({ peer }) => peer === undefined);
  if (idle === undefined) return false;
  ends.delete(idle);
  idle.link.close();
  return true;
}
