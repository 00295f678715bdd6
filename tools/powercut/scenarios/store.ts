// SPDX-License-Identifier: Apache-2.0

/** The store by itself: changes of one record, of several at once, removals, and the boot counter, in any order. */
import type { CryptoProvider, Secret } from '../../../src/crypto/provider.ts';
import { createNodeProvider } from '../../../src/node/crypto/provider.ts';
import { type DeviceStore, openSealedStore } from '../../../src/store/sealed-store.ts';
import { PURPOSE_RECORDS, Purpose, type StoreChange } from '../../../src/store/store.ts';
import { Random } from '../../chaos/random.ts';
import { Violation } from '../../chaos/violation.ts';
import { contentOf, liveContent } from '../content.ts';
import { onDevice } from '../run.ts';

const BEFORE = 6;
const CHANGES = 3;
const KEY_LENGTH = 16;
const ROOT_LENGTH = 32;
const MAX_DATA = 30;

export const store = onDevice({
  name: 'store',
  prepare(medium, seed) {
    const random = new Random(seed);
    const provider: CryptoProvider = { ...createNodeProvider(), fillRandom: (target) => random.fill(target) };
    const root = random.bytes(ROOT_LENGTH);
    const open = () => openSealedStore(provider, provider.secret(root), medium);
    const opened = open();
    for (let i = 0; i < BEFORE; i++) change(provider, random, opened);
    return {
      run(): void {
        for (let i = 0; i < CHANGES; i++) {
          change(provider, random, opened);
          if (liveContent(provider, opened) !== contentOf(root, medium))
            throw new Violation('a change is made and not stored');
        }
      },
      restart(): void {
        const found = open();
        found.write(Purpose.grant, 0, { data: Uint8Array.of(seed) });
        found.boots.write((found.boots.epoch ?? 0) + 1);
      },
      check(): void {
        const names = medium.names.map((name) => name.slice(1));
        if (new Set(names).size !== names.length) throw new Violation('the store is not tidy');
      },
      content: (of) => contentOf(root, of),
    };
  },
});

function change(provider: CryptoProvider, random: Random, store: DeviceStore): void {
  if (random.chance(0.1)) return store.boots.write((store.boots.epoch ?? 0) + 1);
  const changes = new Map<string, StoreChange>();
  for (let left = random.chance(0.2) ? random.whole(2, 6) : 1; left > 0; left--) {
    const each = drawChange(provider, random);
    changes.set(`${each.purpose} ${each.index}`, each);
  }
  store.change([...changes.values()]);
}

function drawChange(provider: CryptoProvider, random: Random): StoreChange {
  const purpose = random.whole(Purpose.userKey, Purpose.peer) as Purpose;
  const index = random.whole(0, PURPOSE_RECORDS[purpose]! - 1);
  if (random.chance(0.25)) return { purpose, index };
  const data = random.bytes(random.whole(0, MAX_DATA));
  const key: Secret | undefined = random.chance(0.5) ? provider.secret(random.bytes(KEY_LENGTH)) : undefined;
  return { purpose, index, record: { data, ...(key && { key }) } };
}
