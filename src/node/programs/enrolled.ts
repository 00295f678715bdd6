// SPDX-License-Identifier: Apache-2.0

import { type Devices, openDevices, type Roll } from '../devices.ts';
import type { KeyValueStore } from '../store/store.ts';
import type { Log } from './log.ts';

export interface EnrolledOptions {
  readonly store: KeyValueStore;
  readonly log: Log;
  readonly roll: Roll;
  /** What they are called in the log. */
  readonly name: 'devices' | 'gateways' | 'entities';
  /** One is withdrawn, and so are its sessions. */
  expel(id: string): void;
  /** Once all of them are. */
  onChanged?(): void;
}

/** The devices, gateways or external entities of a program that runs. */
export function openEnrolled(options: EnrolledOptions): Promise<Devices> {
  const { store, roll, log, name } = options;
  return openDevices({
    store,
    roll,
    onChanged(removed, count): void {
      for (const id of removed) options.expel(id);
      options.onChanged?.();
      log(name, { count, removed: removed.length });
    },
    onFailed: ({ message }) => log(`${name}-failed`, { reason: message }),
  });
}
