// SPDX-License-Identifier: Apache-2.0

import type { ByteAead } from '../backend.ts';
import { tagMatches } from '../tag.ts';
import { encryptBlock, expandKey } from './aes.ts';
import { blocksOf, padded, swapBytes } from './blocks.ts';
import { createCounterMode, xorKeyStream } from './ctr.ts';

/** Bytes of the length field: 2, which leaves 13 for the nonce (RFC 9053 section 4.2). */
const L = 2;
/** Below it the length of the additional data takes 2 bytes, from it on 6 (SP 800-38C A.2.2). */
const LONG_AAD = 0xff00;

/** AES-128-CCM (SP 800-38C) with a 13-byte nonce. */
export function createCcm(key: Uint8Array, tagLength: number): ByteAead {
  const schedule = expandKey(key);
  const counterMode = createCounterMode(schedule);
  const { counterBlock } = counterMode;
  const counterBytes = new Uint8Array(counterBlock.buffer);
  counterBytes[0] = L - 1;
  const chain = new Int32Array(4);
  const tag = new Uint8Array(chain.buffer, 0, tagLength);
  const flags = (((tagLength - 2) / 2) << 3) | (L - 1);

  function absorb(words: Int32Array, blocks: number): void {
    for (let at = 0; at < 4 * blocks; at += 4) {
      chain[0] = chain[0]! ^ words[at]!;
      chain[1] = chain[1]! ^ words[at + 1]!;
      chain[2] = chain[2]! ^ words[at + 2]!;
      chain[3] = chain[3]! ^ words[at + 3]!;
      encryptBlock(schedule, chain);
    }
  }

  /** Leaves the encrypted tag in `chain` (and so in `tag`). `words` is the zero-padded plaintext. */
  function authenticate(aad: Uint8Array, words: Int32Array, length: number): void {
    // B_0 is the counter block with other flags and the message length for the counter.
    chain[0] = (counterBlock[0]! & ~0xff) | flags | (aad.length > 0 ? 0x40 : 0);
    chain[1] = counterBlock[1]!;
    chain[2] = counterBlock[2]!;
    chain[3] = counterBlock[3]! | swapBytes(length);
    encryptBlock(schedule, chain);
    if (aad.length > 0) {
      const formatted = formatAad(aad);
      absorb(formatted, formatted.length >>> 2);
    }
    absorb(words, blocksOf(length));
    xorKeyStream(counterMode, 0, chain, 1);
  }

  return Object.freeze({
    seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
      const length = plaintext.length;
      const words = padded(plaintext, length + tagLength);
      counterBytes.set(nonce, 1);
      authenticate(aad, words, length);
      xorKeyStream(counterMode, 1, words, blocksOf(length));
      const bytes = new Uint8Array(words.buffer).fill(0, length);
      bytes.set(tag, length);
      return bytes.subarray(0, length + tagLength);
    },

    open(nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
      const length = ciphertext.length - tagLength;
      const words = padded(ciphertext.subarray(0, length), length);
      counterBytes.set(nonce, 1);
      xorKeyStream(counterMode, 1, words, blocksOf(length));
      const bytes = new Uint8Array(words.buffer).fill(0, length);
      authenticate(aad, words, length);
      if (tagMatches(tag, ciphertext, length)) return bytes.subarray(0, length);
      bytes.fill(0);
      return undefined;
    },

    wipe(): void {
      schedule.fill(0);
      chain.fill(0);
      counterMode.keyStream.fill(0);
    },
  });
}

/** The additional data after its encoded length, zero-padded to whole blocks (SP 800-38C A.2.2). */
function formatAad(aad: Uint8Array): Int32Array {
  const length = aad.length;
  const prefix =
    length < LONG_AAD
      ? [length >>> 8, length & 255]
      : [0xff, 0xfe, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255];
  const bytes = new Uint8Array(16 * blocksOf(prefix.length + length));
  bytes.set(prefix);
  bytes.set(aad, prefix.length);
  return new Int32Array(bytes.buffer);
}
