// SPDX-License-Identifier: Apache-2.0

import { Authority } from '../../authorization/authority.ts';
import { kidOf } from '../../handshake/id-cred.ts';
import type { Revoked } from '../../roles/gateway-control.ts';
import { readAll } from '../devices.ts';
import { type HeldGrants, openGrants } from '../grants.ts';
import type { KeyValueStore } from '../store/store.ts';
import type { Log } from './log.ts';

/** The grants of a program that runs. */
export function openGranted(store: KeyValueStore, log: Log, onChanged?: () => void): Promise<HeldGrants> {
  const now = () => Math.floor(Date.now() / 1000);
  return openGrants({
    store,
    authority: new Authority({ now }),
    ...(onChanged !== undefined && { onChanged }),
    onRevoked(ids): void {
      for (const pne of ids) log('revoked', { pne });
    },
    onFailed: ({ message }) => log('grants-failed', { reason: message }),
  });
}

/** What a server states to its gateways. */
export async function revocationsOf(
  store: KeyValueStore,
  { minimums }: HeldGrants,
): Promise<Omit<Revoked, 'kind'>[]> {
  const revocations: Omit<Revoked, 'kind'>[] = [];
  for (const credential of await readAll(store)) {
    const [kid, minimum] = [kidOf(credential.idCred), minimums.get(credential.subject!)];
    if (kid !== undefined && minimum !== undefined) revocations.push({ kid, minimum });
  }
  return revocations;
}
