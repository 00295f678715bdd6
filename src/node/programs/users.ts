// SPDX-License-Identifier: Apache-2.0

import type { CryptoProvider, Secret } from '../../crypto/provider.ts';
import type { ServerKeys } from '../../roles/server-keys.ts';
import type { KeyValueStore } from '../store/store.ts';
import { openRegistry, type ServerUsers } from '../user-registry.ts';
import { type HeldUsers, openUsers, type Users } from '../users.ts';
import type { Log } from './log.ts';

/**
 * The users of a server that runs. Devices of one who is to go lose their keys, whoever has said so and ended then; of
 * one that was taken from its user the key is read anew.
 */
export async function openProgramUsers(
  store: KeyValueStore,
  log: Log,
  keys: Pick<ServerKeys, 'revoke' | 'refreshUser'>,
): Promise<HeldUsers> {
  function follow(users: Users, former: Users): void {
    for (const { id, devices } of former.values())
      for (const pne of devices) if (!users.get(id)?.devices.includes(pne)) keys.refreshUser(pne);
    for (const { isRevoked, devices } of users.values())
      if (isRevoked) for (const pne of devices) keys.revoke(pne);
  }
  const held = await openUsers({
    store,
    onChanged(users, former): void {
      follow(users, former);
      log('users', { count: users.size });
    },
    onFailed: ({ message }) => log('users-failed', { reason: message }),
  });
  follow(held.users, held.users);
  return held;
}

/** Where a server that runs keeps what becomes of their codes. */
export function programRegistry({
  log,
  ...own
}: {
  readonly store: KeyValueStore;
  readonly provider: CryptoProvider;
  readonly root: Secret;
  readonly log: Log;
}): ServerUsers {
  return openRegistry({
    ...own,
    now: () => Math.floor(Date.now() / 1000),
    onRegistered({ gateway, pneId: pne, user }, reason): void {
      if (reason === undefined) log('user-registered', { gateway, pne, user });
      else log('user-refused', { gateway, pne, user, reason });
    },
    onAssigned: ({ pneId: pne, user }) => log('user-assigned', { pne, user }),
    onFailed: ({ message }) => log('users-failed', { reason: message }),
  });
}
