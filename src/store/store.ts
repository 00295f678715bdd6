// SPDX-License-Identifier: Apache-2.0

import type { PrivateKey, Secret } from '../crypto/provider.ts';

/**
 * What a device keeps, one record for each index of a purpose. A record is sealed under the device's root key and
 * bound to its place: what was altered, moved, taken from another device or is not the newest is refused.
 */
export const Purpose = Object.freeze({
  /** The private key that the device made for itself. */
  identity: 0,
  /** UK: the key that a device shares with its server and no other. */
  userKey: 1,
  pnKey: 2,
  grant: 3,
  /** Of the server and of the gateway. */
  credential: 4,
  /** Keys of service groups. */
  groupKey: 5,
  /** Keys with which to resume, by peer. */
  peer: 6,
} as const);

export type Purpose = (typeof Purpose)[keyof typeof Purpose];

/** Records of each purpose. */
export const PURPOSE_RECORDS: readonly number[] = Object.freeze([1, 1, 1, 1, 2, 8, 16]);

/** Bytes of data and key together in one record. */
export const MAX_RECORD_CONTENT = 46;

/** Data, and one key or none. The keys that are read are the caller's to wipe, those that are written stay so. */
export interface StoredRecord {
  readonly data: Uint8Array;
  readonly key?: Secret;
  readonly privateKey?: PrivateKey;
}

/** A record that takes the place of the former one; without a record it is removed. */
export interface StoreChange {
  readonly purpose: Purpose;
  readonly index: number;
  readonly record?: StoredRecord;
}

/** Everything is on the medium when a call returns. An index that a purpose does not have is `badArgument`. */
export interface SealedStore {
  /**
   * Undefined where there is none. Refuses `sealInvalid` what does not verify, `sealStale` what is not the newest,
   * `sealMissing` what ought to be there; such a record can be written over and removed.
   */
  read(purpose: Purpose, index: number): StoredRecord | undefined;
  write(purpose: Purpose, index: number, record: StoredRecord): void;
  remove(purpose: Purpose, index: number): void;
  /**
   * All of them or none, whenever the power fails. Refuses `tooLong` and `badArgument` before anything is written, and
   * `storeFailed` where the medium failed: all of them are there then or none, which `read` tells.
   */
  change(changes: readonly StoreChange[]): void;
}
