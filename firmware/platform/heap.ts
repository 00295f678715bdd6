// SPDX-License-Identifier: Apache-2.0

/** Bytes of slots and chunks together. Built-ins and preloaded modules in flash do not count. */
export interface HeapStatistics {
  /** What lives: the call collects garbage first. */
  readonly usedBytes: number;
  /** Most that was ever allocated since the start, garbage included: an upper bound. */
  readonly peakBytes: number;
}

export function heapStatistics(this: void): HeapStatistics {
  return native('xs_pne_heap').call(this);
}
