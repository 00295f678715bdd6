// SPDX-License-Identifier: Apache-2.0

import type { StoredSwitch } from '../switch-requests.ts';
import { openSwitches, type Switches, type SwitchesOptions } from '../switches.ts';
import type { Log } from './log.ts';

/** PNs of a server program that move to other gateways, and what its log says of them. */
export function openProgramSwitches(
  log: Log,
  options: Omit<SwitchesOptions, 'onSwitched' | 'onRefused' | 'onFailed'>,
): Promise<Switches> {
  return openSwitches({
    ...options,
    onSwitched: (done) => log('switched', factsOf(done)),
    onRefused: (reason, request) => log('switch-refused', { reason, ...factsOf(request) }),
    onFailed: ({ message }) => log('switches-failed', { reason: message }),
  });
}

/** Who has asked is named by what he is, unless that is whoever administers. */
function factsOf({ reference, gateway, asker }: StoredSwitch): Record<string, string | number> {
  const by = asker === undefined ? {} : { by: asker.role, name: asker.name };
  return { group: reference, gateway, ...by };
}
