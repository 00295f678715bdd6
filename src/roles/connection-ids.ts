// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import { refuse } from '../refusal.ts';

/** Connection identifiers of one end, each in use once. */
export interface ConnectionIds {
  /** Returns one that is not `other`, which the Initiator has chosen. Refuses `queueFull` where none is left. */
  take(other: Uint8Array): Uint8Array;
  /** Lets one be taken again. */
  release(id: Uint8Array): void;
}

/** Identifiers that EDHOC sends as one byte: the integers 0..23 and -1..-24 (RFC 9528 section 3.3.2). */
const SHORT = Object.freeze([...range(0x00, 0x17), ...range(0x20, 0x37)]);

/** For one link, whose peer alone uses them: the first one-byte integer that is free. */
export class ShortIds implements ConnectionIds {
  private readonly used = new Set<number>();

  take(other: Uint8Array): Uint8Array {
    const byte = SHORT.find((id) => !this.used.has(id) && !equalBytes(other, Uint8Array.of(id)));
    if (byte === undefined) return refuse('queueFull');
    this.used.add(byte);
    return Uint8Array.of(byte);
  }

  release(id: Uint8Array): void {
    this.used.delete(id[0]!);
  }
}

/** A random source that repeats itself for so long is none. */
const MAX_DRAWS = 64;
/** With so many in use, an eighth of those of two bytes, the next ones have three. */
const TWO_BYTES_USED = 0x2000;
/** So many that were released last are not taken again: somebody may still send under them. */
const RESTING = 1024;

/**
 * For all peers of a server, which are told apart by them: two bytes at random, or three. What somebody still sends under an
 * identifier of an earlier session, or of a server before its restart, hardly ever meets another peer's keys.
 */
export class ScatteredIds implements ConnectionIds {
  private readonly fillRandom: (target: Uint8Array) => void;
  /** In use, or resting. */
  private readonly used = new Set<number>();
  /** Released, the oldest first. */
  private readonly resting = new Set<number>();

  constructor(fillRandom: (target: Uint8Array) => void) {
    this.fillRandom = fillRandom;
  }

  take(other: Uint8Array): Uint8Array {
    for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
      const id = new Uint8Array(this.used.size < TWO_BYTES_USED ? 2 : 3);
      this.fillRandom(id);
      if (this.used.has(numberOf(id)) || equalBytes(id, other)) continue;
      this.used.add(numberOf(id));
      return id;
    }
    return refuse('queueFull');
  }

  release(id: Uint8Array): void {
    const number = numberOf(id);
    if (!this.used.has(number)) return;
    this.resting.add(number);
    if (this.resting.size <= RESTING) return;
    const [oldest] = this.resting;
    this.resting.delete(oldest!);
    this.used.delete(oldest!);
  }
}

/** Returns a number that no other identifier has, of those up to five bytes long. */
export function numberOf(id: Uint8Array): number {
  let number = 1;
  for (let at = 0; at < id.length; at++) number = number * 256 + id[at]!;
  return number;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
