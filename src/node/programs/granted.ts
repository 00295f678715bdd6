// SPDX-License-Identifier: Apache-2.0

import { Authority } from '../../authorization/authority.ts';
import type { Credential } from '../../handshake/credential.ts';
import { kidOf } from '../../handshake/id-cred.ts';
import type { Revoked } from '../../roles/gateway-control.ts';
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

/** What a server states to its gateways of its devices. */
export function revocationsOf(
  devices: readonly Credential[],
  { minimums }: HeldGrants,
): Omit<Revoked, 'kind'>[] {
  return devices.flatMap((credential) => {
    const [kid, minimum] = [kidOf(credential.idCred), minimums.get(credential.subject!)];
    return kid === undefined || minimum === undefined ? [] : [{ kid, minimum }];
  });
}
