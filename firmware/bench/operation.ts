// SPDX-License-Identifier: Apache-2.0

/**
 * Operations that share keys and inputs, which live from the start; the operations themselves are made when it is their
 * turn, so that no more of the benchmark lies in a device's memory than has to.
 */
export type OperationGroup = () => readonly BenchOperation[];

export interface BenchOperation {
  readonly op: string;
  readonly bytes: number;
  /** How many of what is measured one run does: 1 where it is not said. */
  readonly parts?: number;
  /** Makes what `count` runs use up. Not measured. */
  prepare?(count: number): void;
  /** `index` counts from 0 within a batch. */
  run(index: number): void;
}
