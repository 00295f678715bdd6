// SPDX-License-Identifier: Apache-2.0

import { Authority, type Shown } from '../../authorization/authority.ts';
import { type HeldGrants, openGrants } from '../grants.ts';
import type { KeyValueStore } from '../store/store.ts';
import type { Log } from './log.ts';

/** The grants of a program that runs. `shown`: how it believes those that devices show. */
export function openGranted(store: KeyValueStore, log: Log, shown?: Shown): Promise<HeldGrants> {
  const now = () => Math.floor(Date.now() / 1000);
  return openGrants({
    store,
    authority: new Authority(shown === undefined ? { now } : { now, shown }),
    onRevoked(ids): void {
      for (const pne of ids) log('revoked', { pne });
    },
    onFailed: ({ message }) => log('grants-failed', { reason: message }),
  });
}
