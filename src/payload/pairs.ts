// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

const WIDE = /[\u{10000}-\u{10ffff}]/u;

/**
 * Whether `value` holds text that cbor-x would encode as other text: characters past FFFF where the engine's
 * strings are code points (XS built without mxCESU8, as on a device). cbor-x takes every string for UTF-16.
 *
 * Looking through the value also ends the encoder's recursion before it begins: depth and cycles, which
 * would exhaust the engine's stack, are refused with `tooDeep`.
 */
export function hasWideText(value: unknown): boolean {
  return isWide(value, countsCodePoints(), 0);
}

/** Returns a copy of `value` whose texts hold a pair of surrogates for each character past FFFF. */
export function withPairs(value: unknown): unknown {
  if (typeof value === 'string') return pairText(value);
  if (Array.isArray(value)) return value.map(withPairs);
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [pairText(key), withPairs(inner)]));
}

function isWide(value: unknown, countsCodePoints: boolean, depth: number): boolean {
  if (typeof value === 'string') return countsCodePoints && WIDE.test(value);
  if (!isContainer(value)) return false;
  if (depth >= ImplementationLimits.payloadMaxDepth) refuse('tooDeep');
  let wide = countsCodePoints && !Array.isArray(value) && Object.keys(value).some((key) => WIDE.test(key));
  for (const inner of Object.values(value)) wide = isWide(inner, countsCodePoints, depth + 1) || wide;
  return wide;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function countsCodePoints(): boolean {
  return String.fromCodePoint(0x10000).length === 1;
}

function pairText(text: string): string {
  let paired = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code <= 0xffff) paired += character;
    else {
      const high = String.fromCharCode(0xd7c0 + (code >> 10));
      paired += high + String.fromCharCode(0xdc00 + (code & 0x3ff));
    }
  }
  return paired;
}
