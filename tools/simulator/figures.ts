// SPDX-License-Identifier: Apache-2.0

import type { Engine } from '../build/xs.ts';
import type { Board } from './board.ts';

/** What a run shows of one PNE. */
export interface PneFigures {
  readonly id: string;
  readonly board: string;
  readonly engine: Engine;
  /** Readings the PNE protected, and readings the server verified byte for byte. */
  sent: number;
  received: number;
  refusedByPne: number;
  refusedByServer: number;
  /** Contents of groups that it has read. */
  contents: number;
  heapBytes: number;
  heapPeakBytes: number;
  /** What the server read last. */
  last: unknown;
  /** The PNE has no more to send. */
  done: boolean;
  /** Its process ended. */
  lost: boolean;
}

export function newFigures(id: string, board: Board): PneFigures {
  return {
    id,
    board: board.name,
    engine: board.engine,
    sent: 0,
    received: 0,
    refusedByPne: 0,
    refusedByServer: 0,
    contents: 0,
    heapBytes: 0,
    heapPeakBytes: 0,
    last: undefined,
    done: false,
    lost: false,
  };
}
