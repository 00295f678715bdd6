// SPDX-License-Identifier: Apache-2.0
import storage from 'embedded:storage/key-value';

/**
 * One domain of the board's key-value storage (NVS on ESP32). A write is old or new after a power cut and
 * lasts when it returns. Names of domains and keys have 1 to 15 characters.
 */
export interface Store {
  /** The caller owns the result. */
  read(key: string): Uint8Array | undefined;
  /** Borrows the value for the call. Throws where the storage is full or fails; the old value stays then. */
  write(key: string, value: Uint8Array): void;
  /** A key that is not there is no error. */
  remove(key: string): void;
}

export function openStore(domain: string): Store {
  const directory = storage.open({ path: domain, format: 'buffer' });
  return {
    read(key: string): Uint8Array | undefined {
      const value = directory.read(key);
      return value === undefined ? undefined : new Uint8Array(value);
    },
    write: (key, value) => directory.write(key, value),
    remove: (key) => directory.delete(key),
  };
}
