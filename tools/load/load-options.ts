// SPDX-License-Identifier: Apache-2.0

import type { WorldOptions } from './world.ts';

export interface LoadOptions extends WorldOptions {
  /** Of the three parts in which PNEs send, together. */
  readonly seconds: number;
  /** How many are killed, if not for a part of that time. */
  readonly kills?: number;
  /** From 0 to below 1. */
  random(): number;
  onProgress(what: string): void;
}
