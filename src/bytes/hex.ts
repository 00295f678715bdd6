// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';

const DIGITS = '0123456789abcdef';

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
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = digit(text.charCodeAt(2 * i)) * 16 + digit(text.charCodeAt(2 * i + 1));
  }
  return bytes;
}

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  if (letter >= 0x61 && letter <= 0x66) return letter - 0x61 + 10;
  return refuse('notWellFormed');
}
