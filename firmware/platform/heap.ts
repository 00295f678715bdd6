// SPDX-License-Identifier: Apache-2.0

/** Bytes of slots and chunks together. Built-ins and preloaded modules in flash do not count. */
export interface HeapStatistics {
  readonly usedBytes: number;
  /** Most that was ever used since the start. */
  readonly peakBytes: number;
}

export function heapStatistics(): HeapStatistics {
  return { usedBytes: heap(0), peakBytes: heap(1) };
}

/** Figure 0 is what is used now, 1 the peak. */
function heap(this: void, figure: 0 | 1): number {
  return native('xs_pne_heap').call(this, figure);
}
