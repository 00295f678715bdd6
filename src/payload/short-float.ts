// SPDX-License-Identifier: Apache-2.0

import type { ByteWriter } from '../bytes/writer.ts';
import { type HeadReader, Info, Major, writeHead } from '../cbor/head.ts';

/** What tenths are tagged with; hundredths have the next tag, and so on. */
export const TENTHS_TAG = 6;
export const POWERS_OF_TEN = /* @__PURE__ */ Object.freeze([
  1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
]);

const MAX_DIGITS = 2 ** 32 - 1;
const FLOAT = Major.simple << 5;
const MINUS_ZERO_HALF = 0x8000;

/** Whether the float is f98000, as which compact.ts writes -0: it stands for itself. */
export function isMinusZero({ info, low }: HeadReader): boolean {
  return info === Info.twoBytes && low === MINUS_ZERO_HALF;
}

/**
 * Writes a float of 64 bits, given by its halves, in the shortest of these forms that gives the same 64 bits back:
 * 16 bits, a decimal fraction, 32 bits, 64 bits. src/payload/concise.cddl has them.
 */
export function writeShortFloat(output: ByteWriter, high: number, low: number): void {
  const exponent = ((high >>> 20) & 0x7ff) - 1023;
  const sign = high >>> 31;
  const fraction = high & 0xfffff;
  const isHalf = low === 0 && fraction % 0x400 === 0 && (exponent === 1024 || isWithin(exponent, -14, 15));
  if (isHalf) {
    output.uint8(FLOAT | Info.twoBytes);
    output.uint(sign * 0x8000 + Math.min(exponent + 15, 31) * 0x400 + fraction / 0x400, 2);
  } else if (!writeDecimal(output, float64Of(high, low))) {
    const isSingle = low % 0x20000000 === 0 && isWithin(exponent, -126, 127);
    output.uint8(FLOAT | (isSingle ? Info.fourBytes : Info.eightBytes));
    if (isSingle) output.uint(singleOf(sign, exponent, fraction, low), 4);
    else {
      output.uint(high, 4);
      output.uint(low, 4);
    }
  }
}

function float64Of(high: number, low: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, high);
  view.setUint32(4, low);
  return view.getFloat64(0);
}

function singleOf(sign: number, exponent: number, fraction: number, low: number): number {
  return sign * 2 ** 31 + (exponent + 127) * 2 ** 23 + fraction * 8 + Math.floor(low / 0x20000000);
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** The fewest places at which all of it is digits, and these divided give it back. Returns whether there are any. */
function writeDecimal(output: ByteWriter, value: number): boolean {
  if (value === 0) return false;
  for (let index = 0; index < POWERS_OF_TEN.length; index++) {
    const power = POWERS_OF_TEN[index]!;
    const digits = value * power;
    if (!(Math.abs(digits) <= MAX_DIGITS)) return false;
    if (!Number.isInteger(digits) || digits / power !== value) continue;
    writeHead(output, Major.tag, TENTHS_TAG + index);
    if (digits < 0) writeHead(output, Major.negative, -1 - digits);
    else writeHead(output, Major.unsigned, digits);
    return true;
  }
  return false;
}
