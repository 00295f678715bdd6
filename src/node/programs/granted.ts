// SPDX-License-Identifier: Apache-2.0

import { Authority } from '../../authorization/authority.ts';
import type { GrantList } from '../grants.ts';
import { type HeldGrants, openGrants } from '../held-grants.ts';
import type { KeyValueStore } from '../store/store.ts';
import type { Log } from './log.ts';

/** The grants of a program that runs. `subject`: what the log calls those who have them. */
export function openGranted(
  store: KeyValueStore,
  log: Log,
  onChanged?: () => void,
  { list, subject = 'pne' }: { readonly list?: GrantList; readonly subject?: string } = {},
): Promise<HeldGrants> {
  const now = () => Math.floor(Date.now() / 1000);
  return openGrants({
    store,
    ...(list !== undefined && { list }),
    authority: new Authority({ now }),
    ...(onChanged !== undefined && { onChanged }),
    onRevoked(ids): void {
      for (const id of ids) log('revoked', { [subject]: id });
    },
    onFailed: ({ message }) => log('grants-failed', { reason: message }),
  });
}
