// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';
import { ByteReader } from './reader.ts';

/** Code points handed to one call: every argument takes a slot of the engine's small stack. */
const CHUNK = 32;

/** Smallest code point of a sequence with 1, 2 or 3 continuation bytes (RFC 3629 section 3). */
const SMALLEST = Object.freeze([0, 0x80, 0x800, 0x10000]);

/**
 * Returns `text` as UTF-8 (RFC 3629). A surrogate without its partner is refused with `invalidUtf8`.
 *
 * The engine's strings may be UTF-16, where a pair is two units, or code points, where it is one (XS built
 * without mxCESU8, as on a device). Both come out the same.
 */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) return encodeWide(text);
    bytes[at] = code;
  }
  return bytes;
}

function encodeWide(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 4);
  let end = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.codePointAt(i)!;
    if (code > 0xffff) {
      i += String.fromCodePoint(code).length - 1;
    } else if (isSurrogate(code)) {
      i += 1;
      code = joinPair(code, text.charCodeAt(i));
    }
    end = putCodePoint(bytes, end, code);
  }
  return bytes.slice(0, end);
}

/** Reads strict UTF-8: overlong forms, surrogates and code points past 10FFFF are `invalidUtf8`. */
export function decodeUtf8(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK && isAscii(bytes, 0, bytes.length))
    return String.fromCharCode.apply(undefined, bytes as never);
  const input = new ByteReader(bytes);
  let text = '';
  while (input.remaining > 0) text += decodeChunk(input);
  return text;
}

/** Refuses the bytes from `start` to before `end` as `decodeUtf8` does, without building the string. */
export function checkUtf8(bytes: Uint8Array, start = 0, end = bytes.length): void {
  if (isAscii(bytes, start, end)) return;
  const input = new ByteReader(bytes.subarray(start, end));
  while (input.remaining > 0) nextCodePoint(input);
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! >= 0x80) return false;
  return true;
}

function decodeChunk(input: ByteReader): string {
  const codes: number[] = [];
  while (input.remaining > 0 && codes.length < CHUNK) codes.push(nextCodePoint(input));
  return String.fromCodePoint(...codes);
}

function nextCodePoint(input: ByteReader): number {
  const lead = input.uint8();
  if (lead < 0x80) return lead;
  const following = continuationsAfter(lead);
  if (input.remaining < following) refuse('invalidUtf8');
  let code = lead & (0x3f >> following);
  for (let i = 0; i < following; i++) {
    const next = input.uint8();
    if (next >> 6 !== 2) refuse('invalidUtf8');
    code = (code << 6) | (next & 0x3f);
  }
  if (code < SMALLEST[following]! || code > 0x10ffff || isSurrogate(code)) refuse('invalidUtf8');
  return code;
}

function continuationsAfter(lead: number): number {
  if (lead >= 0xc0 && lead < 0xe0) return 1;
  if (lead >= 0xe0 && lead < 0xf0) return 2;
  if (lead >= 0xf0 && lead < 0xf8) return 3;
  return refuse('invalidUtf8');
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

/** Strings of code points hold a pair as two characters where it was put together from its halves. */
function joinPair(high: number, low: number): number {
  if (high > 0xdbff || !(low >= 0xdc00 && low <= 0xdfff)) refuse('invalidUtf8');
  return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

function putCodePoint(bytes: Uint8Array, start: number, code: number): number {
  if (code < 0x80) {
    bytes[start] = code;
    return start + 1;
  }
  const following = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  bytes[start] = ((0xff00 >> (following + 1)) & 0xff) | (code >> (6 * following));
  for (let i = following; i > 0; i--) {
    bytes[start + 1 + following - i] = 0x80 | ((code >> (6 * (i - 1))) & 0x3f);
  }
  return start + 1 + following;
}
