// SPDX-License-Identifier: Apache-2.0

import { openStore } from '../platform/store.ts';
/** The board's storage: each write lasts when it returns. */
import type { OperationGroup } from './operation.ts';

const BYTES = 64;

export function storeOperations(): OperationGroup {
  const store = openStore('bench');
  const value = new Uint8Array(BYTES).fill(1);
  store.write('value', value);
  return () => [
    { op: 'store.set', bytes: BYTES, run: () => store.write('value', value) },
    { op: 'store.get', bytes: BYTES, run: () => store.read('value') },
  ];
}
