// SPDX-License-Identifier: Apache-2.0

import { Reason, type ReasonName } from '../../src/refusal.ts';

/**
 * Returns what is told of each refusal. One that goes on is said at the first time and whenever it has doubled: whoever
 * sends nonsense must not keep the board busy with its console.
 */
export function createRefusals(say: (line: string) => void): (reason: ReasonName) => void {
  let last: ReasonName | undefined;
  let times = 0;
  return (reason) => {
    times = reason === last ? times + 1 : 1;
    last = reason;
    if ((times & (times - 1)) !== 0) return;
    say(`refused ${reason} (${Reason[reason]})${times > 1 ? `, ${times} times` : ''}`);
  };
}
