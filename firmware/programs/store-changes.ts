// SPDX-License-Identifier: Apache-2.0

/**
 * A program for power cuts on a board: says what its store holds when it starts, then makes changes, each the same in
 * every run, and says after each what is there. `npm run powercut` ends it in the middle.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { Algorithm } from '../../src/crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../../src/crypto/provider.ts';
import type { DeviceStore } from '../../src/store/sealed-store.ts';
import { PURPOSE_RECORDS, Purpose, type StoreChange } from '../../src/store/store.ts';
import { printLine } from '../platform/console.ts';
import { after } from '../platform/timer.ts';
import { openHostProvider } from '../providers/host-provider.ts';
import { openDeviceStore } from '../store/device-store.ts';

const NOTHING = new Uint8Array(0);
const CHANGES = 5;

function contentOf(provider: CryptoProvider, store: DeviceStore): string {
  const words = [`${store.boots.epoch}`];
  PURPOSE_RECORDS.forEach((records, purpose) => {
    for (let index = 0; index < records; index++) {
      const record = store.read(purpose as Purpose, index);
      if (record === undefined) continue;
      const key = record.key === undefined ? '' : fingerprint(provider, record.key);
      words.push(`${purpose}.${index}=${toHex(record.data)}${key}`);
    }
  });
  return words.join(' ');
}

function fingerprint(provider: CryptoProvider, key: Secret): string {
  const pseudorandomKey = provider.extract(Algorithm.SHA_256, NOTHING, key);
  return `/${toHex(provider.expand(Algorithm.SHA_256, pseudorandomKey, NOTHING, 8))}`;
}

/** One record, several at once, and a removal, beside a count of them all. */
function changeOf(provider: CryptoProvider, number: number): StoreChange[] {
  const data = Uint8Array.of(number, 1, 2, 3);
  const key = provider.secret(new Uint8Array(16).fill(number + 1));
  const counted = { purpose: Purpose.grant, index: 0, record: { data } };
  if (number % 3 === 0) return [counted, { purpose: Purpose.peer, index: number % 2, record: { data, key } }];
  if (number % 3 === 1) return [counted, { purpose: Purpose.peer, index: 0 }];
  return [counted];
}

after(0, () => {
  const provider = openHostProvider();
  const store = openDeviceStore(provider);
  printLine(`found ${contentOf(provider, store)}`);
  store.boots.write((store.boots.epoch ?? 0) + 1);
  printLine(`state ${contentOf(provider, store)}`);
  const first = (store.read(Purpose.grant, 0)?.data[0] ?? -1) + 1;
  for (let number = first; number < first + CHANGES; number++) {
    store.change(changeOf(provider, number));
    printLine(`state ${contentOf(provider, store)}`);
  }
});
