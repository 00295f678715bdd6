// SPDX-License-Identifier: Apache-2.0

/** What a board reports of itself. */
export interface Figures {
  /** Whether no more readings will come and every one sent has its receipt. */
  readonly done: boolean;
  /** Readings protected, readings the server accepted, messages refused. */
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  /** Contents of groups that were received. */
  readonly contents: number;
  readonly heapBytes: number;
  readonly heapPeakBytes: number;
}

/** Where readings come from. It gives no more than it was asked for. */
export interface Sensor {
  /** Asks for `count` more readings. */
  sample(count: number): void;
  /** Takes the board's figures where somebody looks at them: making them collects garbage. */
  report(figures: () => Figures): void;
}

export interface SensorEvents {
  /** One reading: any value that src/payload encodes. */
  onReading(value: unknown): void;
  /** There will be no more. */
  onEnd(): void;
}
