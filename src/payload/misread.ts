// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

const WIDE = /[\u{10000}-\u{10ffff}]/u;

/**
 * Whether cbor-x would encode `value` as another one: with -0 in it, which it takes for 0, or with characters past
 * FFFF where the engine's strings are code points (XS built without mxCESU8, as on a device), since it takes every
 * string for UTF-16.
 *
 * Looking through the value also ends the encoder's recursion before it begins: depth and cycles, which
 * would exhaust the engine's stack, are refused with `tooDeep`.
 */
export function isMisread(value: unknown): boolean {
  return isMisreadAt(value, countsCodePoints(), 0);
}

function isMisreadAt(value: unknown, countsCodePoints: boolean, depth: number): boolean {
  if (typeof value === 'string') return countsCodePoints && WIDE.test(value);
  if (!isContainer(value)) return Object.is(value, -0);
  if (depth >= ImplementationLimits.payloadMaxDepth) refuse('tooDeep');
  let misread = countsCodePoints && !Array.isArray(value) && Object.keys(value).some((key) => WIDE.test(key));
  for (const inner of Object.values(value))
    misread = isMisreadAt(inner, countsCodePoints, depth + 1) || misread;
  return misread;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function countsCodePoints(): boolean {
  return String.fromCodePoint(0x10000).length === 1;
}
