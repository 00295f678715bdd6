// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';

const DIGITS = '0123456789abcdef';

/** Bytes read from one slice: XS's strings are UTF-8, and charCodeAt counts from their beginning. */
const PART = 256;

/** Returns lower-case hexadecimal, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15);
  return text;
}

/** Reads hexadecimal in either case. An odd digit or anything else that is not a digit is refused. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0) refuse('notWellFormed');
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += PART) readPart(text.slice(2 * at, 2 * (at + PART)), bytes, at);
  return bytes;
}

function readPart(part: string, bytes: Uint8Array, at: number): void {
  const end = Math.min(at + PART, bytes.length);
  for (let i = at, digits = 0; i < end; i++, digits += 2) {
    bytes[i] = digit(part.charCodeAt(digits)) * 16 + digit(part.charCodeAt(digits + 1));
  }
}

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  if (letter >= 0x61 && letter <= 0x66) return letter - 0x61 + 10;
  return refuse('notWellFormed');
}
