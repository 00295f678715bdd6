// SPDX-License-Identifier: Apache-2.0

import { compareBytes } from '../bytes/compare.ts';
import { refuse } from '../refusal.ts';

/**
 * Holds the keys of one map to bytewise ascending order (RFC 8949 section 4.2.1). Give it every encoded
 * key in turn, as with `keys.next(reader.peekItem())` before the key is read.
 */
export class MapKeys {
  private previous: Uint8Array | undefined;

  constructor() {
    this.previous = undefined;
  }

  /** `encodedKey` is borrowed until the map ends. */
  next(encodedKey: Uint8Array): void {
    const order = this.previous === undefined ? -1 : compareBytes(this.previous, encodedKey);
    if (order === 0) refuse('duplicateKey');
    if (order > 0) refuse('notDeterministic');
    this.previous = encodedKey;
  }
}
