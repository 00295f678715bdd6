// SPDX-License-Identifier: Apache-2.0

/** What a board has besides cryptography: a store that keeps, and a stack as deep as a PNE needs. It writes. */
import { equalBytes } from '../../src/bytes/compare.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Store } from '../platform/store.ts';
import { SelfTestCode } from './codes.ts';
import type { SelfTestFailure } from './selftest.ts';

/** Calls that a PNE nests, with room to spare. One takes about ten slots of the engine's stack. */
const STACK_CALLS = 40;
const VALUE_BYTES = 32;
const STORE_KEY = 'self-test';

/** Returns what failed, undefined where all is well. A stack that is too small ends the engine itself. */
export function boardTest(
  provider: CryptoProvider,
  store: Store,
  onPassed: (check: string) => void,
): SelfTestFailure | undefined {
  if (!keeps(provider, store)) return { check: 'store', code: SelfTestCode.store };
  onPassed('store');
  if (nest(STACK_CALLS) === STACK_CALLS) onPassed('stack');
  return undefined;
}

/** What was there before is written over as well as what was not. */
function keeps(provider: CryptoProvider, store: Store): boolean {
  try {
    return [1, 2].every(() => {
      const value = new Uint8Array(VALUE_BYTES);
      provider.fillRandom(value);
      store.write(STORE_KEY, value);
      const kept = store.read(STORE_KEY);
      return kept !== undefined && equalBytes(kept, value);
    });
  } catch {
    return false;
  }
}

function nest(calls: number): number {
  return calls === 0 ? 0 : 1 + nest(calls - 1);
}
