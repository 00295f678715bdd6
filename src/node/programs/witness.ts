// SPDX-License-Identifier: Apache-2.0

import { createIpsecWitness, type IpsecWitness } from '../ipsec/witness.ts';
import type { Log } from './log.ts';

/** Of `--ipsec`: who attests what IPsec protects, or undefined where it says nothing. */
export function openWitness(viciPath: string, log: Log): IpsecWitness | undefined {
  if (viciPath === '') return undefined;
  return createIpsecWitness({ viciPath, onLost: (reason) => log('ipsec-lost', { reason }) });
}
