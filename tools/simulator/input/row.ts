// SPDX-License-Identifier: Apache-2.0

/** A row of the input, and what became of it. */

export interface Reading {
  readonly line: number;
  /** What the PNE sends and the server must receive. */
  readonly payload: Uint8Array;
}

export interface SkippedRow {
  readonly line: number;
  readonly error: string;
}

export type Row = Reading | SkippedRow;
