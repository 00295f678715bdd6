// SPDX-License-Identifier: Apache-2.0

/** Named values of a board. A change is old or new after a power cut, and lasts when the call returns. */
export interface Medium {
  /** The caller owns the result. */
  read(name: string): Uint8Array | undefined;
  /** Borrows the value for the call. Throws where there is no room: the old value stays then. */
  write(name: string, value: Uint8Array): void;
  /** A name that is not there is no error. */
  remove(name: string): void;
}
