// SPDX-License-Identifier: Apache-2.0

/** NOR flash: erased to ff in sectors, and written by clearing bits. */
import { createHash } from 'node:crypto';

const SECTOR = 4096;

export class SimulatedFlash {
  readonly bytes: Uint8Array;
  /** An offset whose byte cannot be written. */
  worn: number | undefined;

  constructor(size: number) {
    this.bytes = new Uint8Array(size).fill(0xff);
  }

  /** The sectors that a range begins in. */
  erase(offset: number, length: number): void {
    const start = Math.floor(offset / SECTOR) * SECTOR;
    this.bytes.fill(0xff, start, Math.ceil((offset + length) / SECTOR) * SECTOR);
  }

  write(offset: number, bytes: Uint8Array): void {
    bytes.forEach((byte, at) => {
      if (offset + at !== this.worn) this.bytes[offset + at]! &= byte;
    });
  }

  md5(offset: number, length: number): Buffer {
    return createHash('md5')
      .update(this.bytes.subarray(offset, offset + length))
      .digest();
  }
}
