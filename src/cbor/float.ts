// SPDX-License-Identifier: Apache-2.0

import type { ByteWriter } from '../bytes/writer.ts';
import { refuse } from '../refusal.ts';
import { type HeadReader, Info, Major } from './head.ts';

const NAN_HALF = 0x7e00;
const INFINITY_HALF = 0x7c00;

/**
 * Returns the value of the float whose head was read last. A float that a shorter one holds exactly, and
 * any NaN but f97e00, is `notDeterministic` (RFC 8949 sections 4.2.1 and 4.2.2).
 */
export function floatValue(head: HeadReader): number {
  if (head.info === Info.twoBytes) return halfValue(head.low);
  const view = new DataView(new ArrayBuffer(8));
  if (head.info === Info.fourBytes) {
    view.setUint32(0, head.low);
    return refuseShorter(view.getFloat32(0), Info.fourBytes);
  }
  view.setUint32(0, head.high);
  view.setUint32(4, head.low);
  return refuseShorter(view.getFloat64(0), Info.eightBytes);
}

/** Writes the shortest float that holds `value` exactly. */
export function writeFloat(output: ByteWriter, value: number): void {
  const half = toHalf(value);
  if (half !== undefined) {
    output.uint8((Major.simple << 5) | Info.twoBytes);
    output.uint(half, 2);
    return;
  }
  const view = new DataView(new ArrayBuffer(8));
  if (Math.fround(value) === value) {
    view.setFloat32(0, value);
    output.uint8((Major.simple << 5) | Info.fourBytes);
    output.uint(view.getUint32(0), 4);
    return;
  }
  view.setFloat64(0, value);
  output.uint8((Major.simple << 5) | Info.eightBytes);
  output.uint(view.getUint32(0), 4);
  output.uint(view.getUint32(4), 4);
}

function refuseShorter(value: number, info: number): number {
  if (toHalf(value) !== undefined) refuse('notDeterministic');
  if (info === Info.eightBytes && Math.fround(value) === value) refuse('notDeterministic');
  return value;
}

/** IEEE 754 binary16 (RFC 8949 Appendix D). */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent < 31) return sign * (0x400 + fraction) * 2 ** (exponent - 25);
  if (fraction === 0) return sign * Infinity;
  return bits === NAN_HALF ? NaN : refuse('notDeterministic');
}

/** Returns the bits of the half that holds `value` exactly, or undefined where there is none. */
function toHalf(value: number): number | undefined {
  if (Number.isNaN(value)) return NAN_HALF;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === Infinity) return sign | INFINITY_HALF;
  const fraction = size * 2 ** 24;
  if (size < 2 ** -14) return Number.isInteger(fraction) ? sign | fraction : undefined;
  return normalHalf(sign, size);
}

function normalHalf(sign: number, size: number): number | undefined {
  if (size > 65504 || Math.fround(size) !== size) return undefined;
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, size);
  const single = view.getUint32(0);
  if ((single & 0x1fff) !== 0) return undefined;
  return sign | ((single >> 13) - ((127 - 15) << 10));
}
