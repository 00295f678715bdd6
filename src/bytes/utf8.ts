// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';
import { ByteReader } from './reader.ts';

/** UTF-16 code units handed to one call: every argument takes a slot of the engine's small stack. */
const CHUNK = 32;

/** Smallest code point of a sequence with 1, 2 or 3 continuation bytes (RFC 3629 section 3). */
const SMALLEST = Object.freeze([0, 0x80, 0x800, 0x10000]);

/** Returns `text` as UTF-8 (RFC 3629). A surrogate without its partner is refused with `invalidUtf8`. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(encodedLength(text));
  let end = 0;
  for (let i = 0; i < text.length; i++) {
    const code = codePointAt(text, i);
    if (code > 0xffff) i += 1;
    end = putCodePoint(bytes, end, code);
  }
  return bytes;
}

/** Reads strict UTF-8: overlong forms, surrogates and code points past 10FFFF are `invalidUtf8`. */
export function decodeUtf8(bytes: Uint8Array): string {
  const input = new ByteReader(bytes);
  let text = '';
  while (input.remaining > 0) text += decodeChunk(input);
  return text;
}

/** Refuses, as `decodeUtf8` does, without building the string. */
export function checkUtf8(bytes: Uint8Array): void {
  const input = new ByteReader(bytes);
  while (input.remaining > 0) nextCodePoint(input);
}

function decodeChunk(input: ByteReader): string {
  const units: number[] = [];
  while (input.remaining > 0 && units.length < CHUNK) {
    const code = nextCodePoint(input);
    if (code > 0xffff) units.push(0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
    else units.push(code);
  }
  return String.fromCharCode(...units);
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

function codePointAt(text: string, index: number): number {
  const code = text.codePointAt(index)!;
  if (isSurrogate(code)) refuse('invalidUtf8');
  return code;
}

function encodedLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) length += 1;
    if (unit >= 0x800 && !isSurrogate(unit)) length += 1;
  }
  return length;
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
