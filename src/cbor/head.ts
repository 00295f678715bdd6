// SPDX-License-Identifier: Apache-2.0

import { ByteReader } from '../bytes/reader.ts';
import type { ByteWriter } from '../bytes/writer.ts';
import { refuse } from '../refusal.ts';

/** Major types (RFC 8949 section 3.1). */
export const Major = Object.freeze({
  unsigned: 0,
  negative: 1,
  byteString: 2,
  textString: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
} as const);

/** Simple values (RFC 8949 section 3.3). */
export const Simple = Object.freeze({ false: 20, true: 21, null: 22, undefined: 23 } as const);

/** Additional information that announces a following argument (RFC 8949 section 3). */
export const Info = Object.freeze({ oneByte: 24, twoBytes: 25, fourBytes: 26, eightBytes: 27 } as const);

/** The smallest argument that needs each width: anything below it has a shorter head. */
const SMALLEST_ONE_BYTE = 24;
const SMALLEST_TWO_BYTES = 0x100;
const SMALLEST_FOUR_BYTES = 0x10000;
const TWO_TO_32 = 2 ** 32;

/**
 * Reads one head after another: initial byte and argument (RFC 8949 section 3). Only definite lengths in
 * their shortest form pass (section 4.2.1). The width of a float is left to whoever reads its value.
 */
export class HeadReader {
  readonly input: ByteReader;
  /** Major type of the head read last, 0 to 7. */
  major: number;
  /** Additional information of the head read last, 0 to 27. */
  info: number;
  /** Upper and lower 32 bits of the argument; for a float, its bits. */
  high: number;
  low: number;

  constructor(bytes: Uint8Array) {
    this.input = new ByteReader(bytes);
    this.major = 0;
    this.info = 0;
    this.high = 0;
    this.low = 0;
  }

  next(): void {
    const initial = this.input.uint8();
    this.major = initial >> 5;
    this.info = initial & 0x1f;
    this.high = 0;
    this.low = this.info;
    if (this.info < Info.oneByte) return;
    this.readArgument();
    if (this.major === Major.simple) refuseReservedSimple(this.info, this.low);
    else if (this.hasShorterForm()) refuse('notDeterministic');
    else if (this.major > Major.negative && !this.isExact) refuse('tooLong');
  }

  /** Whether a number holds the argument exactly. Lengths and tag numbers that pass always are. */
  get isExact(): boolean {
    return this.high <= 0x1fffff;
  }

  /** The argument as an exact number. Past 2^53 - 1 it is refused with `tooLong`. */
  get argument(): number {
    if (!this.isExact) refuse('tooLong');
    return this.high * TWO_TO_32 + this.low;
  }

  /** Whether the head is a float, of whatever width. */
  get isFloat(): boolean {
    return this.major === Major.simple && this.info > Info.oneByte;
  }

  private readArgument(): void {
    const input = this.input;
    if (this.info === Info.oneByte) this.low = input.uint8();
    else if (this.info === Info.twoBytes) this.low = input.uint(2);
    else if (this.info === Info.fourBytes) this.low = input.uint(4);
    else if (this.info === Info.eightBytes) {
      this.high = input.uint(4);
      this.low = input.uint(4);
    } else refuseWithoutArgument(this.major, this.info);
  }

  private hasShorterForm(): boolean {
    if (this.info === Info.oneByte) return this.low < SMALLEST_ONE_BYTE;
    if (this.info === Info.twoBytes) return this.low < SMALLEST_TWO_BYTES;
    if (this.info === Info.fourBytes) return this.low < SMALLEST_FOUR_BYTES;
    return this.high === 0;
  }
}

/** Writes the shortest head for `argument`. One that is no integer from 0 to 2^53 - 1 is `badArgument`. */
export function writeHead(output: ByteWriter, major: number, argument: number): void {
  if (!Number.isSafeInteger(argument) || argument < 0) refuse('badArgument');
  const initial = major << 5;
  if (argument < SMALLEST_ONE_BYTE) {
    output.uint8(initial | argument);
  } else if (argument < SMALLEST_TWO_BYTES) {
    output.uint8(initial | Info.oneByte);
    output.uint8(argument);
  } else if (argument < SMALLEST_FOUR_BYTES) {
    output.uint8(initial | Info.twoBytes);
    output.uint(argument, 2);
  } else if (argument < TWO_TO_32) {
    output.uint8(initial | Info.fourBytes);
    output.uint(argument, 4);
  } else {
    output.uint8(initial | Info.eightBytes);
    output.uint(Math.floor(argument / TWO_TO_32), 4);
    output.uint(argument % TWO_TO_32, 4);
  }
}

/** Bytes of the shortest head. */
export function headLength(argument: number): number {
  if (argument < SMALLEST_ONE_BYTE) return 1;
  if (argument < SMALLEST_TWO_BYTES) return 2;
  if (argument < SMALLEST_FOUR_BYTES) return 3;
  return argument < TWO_TO_32 ? 5 : 9;
}

/** 31 opens an indefinite-length string, array or map; anywhere else it has no meaning, as 28 to 30. */
function refuseWithoutArgument(major: number, info: number): never {
  const indefinite = info === 31 && major >= Major.byteString && major <= Major.map;
  return refuse(indefinite ? 'notDeterministic' : 'notWellFormed');
}

/** Simple values below 32 have no two-byte form (RFC 8949 section 3.3). */
function refuseReservedSimple(info: number, value: number): void {
  if (info === Info.oneByte && value < 32) refuse('notWellFormed');
}
