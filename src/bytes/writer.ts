// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

const MAX_BYTES = ImplementationLimits.linkMaxMessageBytes;

/** What integers of 0 to 6 bytes stay below. */
const LIMITS = Object.freeze([1, 2 ** 8, 2 ** 16, 2 ** 24, 2 ** 32, 2 ** 40, 2 ** 48]);

/**
 * Growing output. More than one link message holds is refused with `tooLong`, a value that does not fit
 * its width with `badArgument`.
 */
export class ByteWriter {
  private buffer: Uint8Array;
  private used: number;

  /** `capacity` in bytes, where the caller knows the length beforehand, saves the growth. */
  constructor(capacity = 64) {
    this.buffer = new Uint8Array(capacity);
    this.used = 0;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.used;
  }

  uint8(value: number): void {
    if (!(Number.isInteger(value) && value >= 0 && value < 256)) refuse('badArgument');
    const end = this.reserve(1);
    this.buffer[end - 1] = value;
  }

  /** Writes `value` as a big-endian unsigned integer of `length` bytes, at most 6. */
  uint(value: number, length: number): void {
    if (!(Number.isInteger(value) && value >= 0 && value < (LIMITS[length] ?? 0))) refuse('badArgument');
    const end = this.reserve(length);
    let rest = value;
    for (let at = end - 1; at >= end - length; at--) {
      this.buffer[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }

  /** Copies `bytes`, which stay the caller's. */
  bytes(bytes: Uint8Array): void {
    const end = this.reserve(bytes.length);
    this.buffer.set(bytes, end - bytes.length);
  }

  /** Returns what was written; the caller owns it. What was given as capacity and used up is not copied. */
  finish(): Uint8Array {
    return this.used === this.buffer.length ? this.buffer : this.buffer.slice(0, this.used);
  }

  /** Makes room for `length` bytes, counts them as written and returns where they end. */
  private reserve(length: number): number {
    const end = this.used + length;
    if (end > MAX_BYTES) refuse('tooLong');
    if (end > this.buffer.length) {
      const grown = new Uint8Array(Math.max(end, this.buffer.length * 2));
      grown.set(this.buffer);
      this.buffer = grown;
    }
    this.used = end;
    return end;
  }
}
