// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';

/** Identifiers that EDHOC sends as one byte: the integers 0..23 and -1..-24 (RFC 9528 section 3.3.2). */
const SHORTEST = Object.freeze([...range(0x00, 0x17), ...range(0x20, 0x37)]);
const OTHERS = Object.freeze([...range(0x18, 0x1f), ...range(0x38, 0xff)]);
const TWO_BYTES = 0x10000;

/** Connection identifiers of one end, each in use once: the shortest that is free. */
export class ConnectionIds {
  private readonly used = new Set<number>();

  /** Returns one of 1 or 2 bytes that is not `other`. Refuses `queueFull` where none is left. */
  take(other: Uint8Array): Uint8Array {
    for (const byte of [...SHORTEST, ...OTHERS]) {
      if (this.used.has(byte) || (other.length === 1 && other[0] === byte)) continue;
      this.used.add(byte);
      return Uint8Array.of(byte);
    }
    return this.takeTwoBytes(other);
  }

  /** Lets one be taken again. */
  release(id: Uint8Array): void {
    this.used.delete(id.length === 1 ? id[0]! : TWO_BYTES + ((id[0]! << 8) | id[1]!));
  }

  private takeTwoBytes(other: Uint8Array): Uint8Array {
    for (let number = 0; number < TWO_BYTES; number += 1) {
      const id = Uint8Array.of(number >> 8, number & 0xff);
      if (this.used.has(TWO_BYTES + number) || (id[0] === other[0] && id[1] === other[1])) continue;
      this.used.add(TWO_BYTES + number);
      return id;
    }
    return refuse('queueFull');
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
