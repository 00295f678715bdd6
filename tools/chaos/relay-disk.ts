// SPDX-License-Identifier: Apache-2.0

/** What a simulated gateway has on its disk of what waits for the server: it outlasts the gateway's process. */
import { toHex } from '../../src/bytes/hex.ts';
import type { After } from '../../src/link/timer.ts';
import { type KeptRelayQueue, relayQueueOf } from '../../src/node/relay-queue.ts';
import type { Changes } from '../../src/node/store/store.ts';

export class RelayDisk {
  private readonly entries = new Map<string, { readonly key: Uint8Array; readonly value: Uint8Array }>();

  /** The queue of a process that starts. */
  open(after: After): KeptRelayQueue {
    const entries = [...this.entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
    const store = { commit: (changes: Changes) => this.commit(changes), range: async () => [] };
    return relayQueueOf({ store, after, onFailed(): void {}, onDropped(): void {} }, entries);
  }

  private async commit({ puts = [], deletes = [] }: Changes): Promise<number> {
    for (const key of deletes) this.entries.delete(toHex(key));
    for (const entry of puts) this.entries.set(toHex(entry.key), entry);
    return 1;
  }
}
