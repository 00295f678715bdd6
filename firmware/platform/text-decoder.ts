// SPDX-License-Identifier: Apache-2.0

/**
 * The one use of TextDecoder that cbor-x makes, where the host has none: import this before it. Without, it
 * spreads the characters of a text over the stack.
 */
import { decodeUtf8 } from '../../src/bytes/utf8.ts';

class Utf8Decoder {
  decode(bytes: Uint8Array): string {
    return decodeUtf8(bytes);
  }
}

const globals: Record<string, unknown> = globalThis;
globals.TextDecoder ??= Utf8Decoder;
