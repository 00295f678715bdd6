// SPDX-License-Identifier: Apache-2.0

import type { CutMedium } from './cut-medium.ts';
import type { CutFlash } from './flash.ts';

/** A scenario with a seed. */
export interface Job {
  readonly scenario: string;
  readonly seed: number;
}

export interface Outcome {
  readonly points: number;
  /** A line for each thing that is wrong. */
  readonly failed: readonly string[];
}

/** Something whose power fails at every point of it that there is. The same seed makes the same points. */
export interface Scenario {
  readonly name: string;
  run(seed: number, cutFlash: CutFlash): Outcome;
}

/** An operation of a device whose power may fail in the middle. */
export interface DeviceScenario {
  readonly name: string;
  /** Prepares a device on the medium, the same for the same seed. The operation begins after that. */
  prepare(medium: CutMedium, seed: number): Operation;
}

/** Its steps throw `Violation` where something is found that must not be. */
export interface Operation {
  /** Throws anything, or nothing, where the power fails. */
  run(): void;
  /** The power is back: the device starts with what it finds. */
  restart(): void;
  /** Everything had its time: whether all is well. */
  check(): void;
  /** What the store holds, for as long as a device has power: one of the states that it has without a cut. */
  content(medium: CutMedium): string;
  /** What counts as soon as it is written: the head of the store, unless it says otherwise. */
  readonly commits?: readonly string[];
}
