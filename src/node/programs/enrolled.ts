// SPDX-License-Identifier: Apache-2.0

import { type Devices, openDevices } from '../devices.ts';
import type { KeyValueStore } from '../store/store.ts';
import type { Log } from './log.ts';

/** The devices of a program that runs. `expel`: one is withdrawn, and so are its sessions. */
export function openEnrolled(store: KeyValueStore, log: Log, expel: (id: string) => void): Promise<Devices> {
  return openDevices({
    store,
    onChanged(removed, count): void {
      for (const id of removed) expel(id);
      log('devices', { count, removed: removed.length });
    },
    onFailed: ({ message }) => log('devices-failed', { reason: message }),
  });
}
