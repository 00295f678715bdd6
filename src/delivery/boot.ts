// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/** Where a device keeps its boot counter. */
export interface BootStore {
  /** The highest epoch used so far; undefined where none is stored, or what is stored cannot be read. */
  readonly epoch: number | undefined;
  /** Returns when it is stored for good. Whatever it throws means that it may not be. */
  write(epoch: number): void;
}

/**
 * The epoch of a device's numbers: its boot counter, and a tag that tells it from another boot under the same
 * counter. It is written when it is first needed, once a boot: a device that reaches nobody does not wear its flash.
 */
export interface Boot {
  readonly epoch: number;
  readonly tag: Uint8Array;
}

const { bootTagBytes, maxBootEpoch } = ImplementationLimits;

/**
 * Takes the first epoch above `past` and above what is stored. Refuses `sequenceExhausted` where there is none left,
 * `storeFailed` where it cannot be stored; then it is not used.
 */
export function beginBoot(store: BootStore, fillRandom: (target: Uint8Array) => void, past = 0): Boot {
  const stored = store.epoch ?? 0;
  // What no device can have counted is no counter.
  const epoch = Math.max(past, stored <= maxBootEpoch ? stored : 0) + 1;
  if (!(epoch <= maxBootEpoch)) refuse('sequenceExhausted');
  try {
    store.write(epoch);
  } catch {
    refuse('storeFailed');
  }
  const tag = new Uint8Array(bootTagBytes);
  fillRandom(tag);
  return { epoch, tag };
}
