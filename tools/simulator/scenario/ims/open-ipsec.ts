// SPDX-License-Identifier: Apache-2.0

import type { EvidenceName } from './evidence.ts';
import type { IpsecPath } from './ipsec-path.ts';
import { openStandIn } from './stand-in-path.ts';
import { openStrongSwan, whyNoStrongSwan } from './strongswan/path.ts';

/** IPsec where this machine has it. `folder`: where its files may be. `without`: what is to be missing of it. */
export async function openIpsecPath(folder: string, without: EvidenceName | undefined): Promise<IpsecPath> {
  const why = whyNoStrongSwan();
  if (why !== undefined) return openStandIn(folder, without, why);
  try {
    return await openStrongSwan(folder, without);
  } catch (error) {
    return openStandIn(folder, without, (error as Error).message);
  }
}
