// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';
import { type HeadReader, Info, Major } from './head.ts';

const NAN_HALF = 0x7e00;
const INFINITY_HALF = 0x7c00;

/**
 * Returns the value of the float whose head was read last. A float that a shorter one holds exactly, and
 * any NaN but f97e00, is `notDeterministic` (RFC 8949 sections 4.2.1 and 4.2.2).
 */
export function floatValue(head: HeadReader): number {
  const value = readFloat(head);
  if (head.info !== Info.twoBytes) return refuseShorter(value, head.info);
  return Number.isNaN(value) && head.low !== NAN_HALF ? refuse('notDeterministic') : value;
}

/** Returns the value of the float whose head was read last, in whatever width it is. */
export function readFloat(head: HeadReader): number {
  if (head.info === Info.twoBytes) return halfValue(head.low);
  const view = new DataView(new ArrayBuffer(8));
  if (head.info === Info.fourBytes) {
    view.setUint32(0, head.low);
    return view.getFloat32(0);
  }
  view.setUint32(0, head.high);
  view.setUint32(4, head.low);
  return view.getFloat64(0);
}

/** Returns the shortest float that holds `value` exactly, as an encoded item. */
export function encodeFloat(value: number): Uint8Array {
  const half = toHalf(value);
  if (half !== undefined) {
    const item = floatItem(Info.twoBytes, 2);
    item.setUint16(1, half);
    return new Uint8Array(item.buffer);
  }
  if (Math.fround(value) === value) {
    const item = floatItem(Info.fourBytes, 4);
    item.setFloat32(1, value);
    return new Uint8Array(item.buffer);
  }
  const item = floatItem(Info.eightBytes, 8);
  item.setFloat64(1, value);
  return new Uint8Array(item.buffer);
}

function floatItem(info: number, width: number): DataView {
  const item = new DataView(new ArrayBuffer(1 + width));
  item.setUint8(0, (Major.simple << 5) | info);
  return item;
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
  return fraction === 0 ? sign * Infinity : NaN;
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
