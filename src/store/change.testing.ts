// SPDX-License-Identifier: Apache-2.0

import type { Below } from '../bytes/random.testing.ts';
import { pattern } from '../crypto/check.testing.ts';
import { provider, record, shown } from './fixture.testing.ts';
import type { DeviceStore } from './sealed-store.ts';
import { PURPOSE_RECORDS, Purpose, type StoreChange } from './store.ts';

/** What a store holds, record by record and boot counter, or why one is refused. */
export function contentOf(store: DeviceStore): string {
  const lines = [`epoch ${store.boots.epoch}`];
  PURPOSE_RECORDS.forEach((records, purpose) => {
    for (let index = 0; index < records; index++) lines.push(shown(store.read(purpose as Purpose, index)));
  });
  return lines.join('\n');
}

/** Changes as a device makes them: of one record, of several at once, removals, and the boot counter. */
export function randomChange(below: Below, store: DeviceStore): () => void {
  const kind = below(8);
  const epoch = (store.boots.epoch ?? 0) + 1;
  if (kind === 0) return () => store.boots.write(epoch);
  const changes = new Map<string, StoreChange>();
  for (let left = kind === 1 ? 5 : 1; left > 0; left--) {
    const change = randomRecord(below);
    changes.set(`${change.purpose} ${change.index}`, change);
  }
  return () => store.change([...changes.values()]);
}

function randomRecord(below: Below): StoreChange {
  const purpose = (Purpose.userKey + below(PURPOSE_RECORDS.length - 1)) as Purpose;
  const index = below(Math.min(PURPOSE_RECORDS[purpose]!, 3));
  if (below(4) === 0) return { purpose, index };
  const key = below(2) === 0 ? undefined : provider.secret(pattern(16, below(1000)));
  return { purpose, index, record: record(below(30), below(1000), key) };
}
