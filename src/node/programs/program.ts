// SPDX-License-Identifier: Apache-2.0

import type { CryptoProvider } from '../../crypto/provider.ts';
import type { DatabaseLosses } from '../store/postgres-losses.ts';
import type { KeyValueStore } from '../store/store.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface ProgramContext {
  readonly provider: CryptoProvider;
  readonly log: Log;
  readonly metrics: Metrics;
  /** In place of the one that its options name. */
  readonly store?: KeyValueStore;
  /** Of the database that it has its store in. */
  readonly losses?: DatabaseLosses;
  /** The store has failed for good: the process ends at once, and is to be started again. */
  onBroken(error: Error): void;
  /** What the program needs is gone: it ends in order, with status 1. */
  onFailed(error: Error): void;
}

/** One that runs. */
export interface Program {
  readonly port: number;
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}
