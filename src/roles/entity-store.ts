// SPDX-License-Identifier: Apache-2.0

import type { DroppedReadings, EntityReading } from './entity-message.ts';

/** What is kept for an external entity until it has taken it. */
export type KeptForEntity = {
  readonly place: string;
  /** Another one where what is kept under this place has changed. */
  readonly version: number;
} & (
  | { readonly reading: EntityReading; readonly dropped?: undefined }
  | { readonly dropped: DroppedReadings; readonly reading?: undefined }
);

/** Where a CPNS Server keeps readings for external entities. `place` is the same whenever one is read again. */
export interface EntityStore {
  /** Calls `done` with what has been kept longest, `limit` of it at most; or `failed`. */
  first(
    entity: string,
    limit: number,
    done: (kept: readonly KeptForEntity[]) => void,
    failed: () => void,
  ): void;
  /** Calls `done` with true once these are gone for good; with false where that may not be so. */
  forget(entity: string, kept: readonly KeptForEntity[], done: (forgotten: boolean) => void): void;
}
