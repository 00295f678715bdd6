// SPDX-License-Identifier: Apache-2.0

import type { ByteAead } from '../backend.ts';
import { tagMatches } from '../tag.ts';
import { encryptBlock, expandKey } from './aes.ts';
import { blocksOf, padded } from './blocks.ts';
import { createCounterMode, xorKeyStream } from './ctr.ts';
import { createGhash } from './ghash.ts';

const TAG_LENGTH = 16;

/** AES-128-GCM (SP 800-38D) with a 12-byte nonce and a 16-byte tag. */
export function createGcm(key: Uint8Array): ByteAead {
  const schedule = expandKey(key);
  const counterMode = createCounterMode(schedule);
  const nonceBytes = new Uint8Array(counterMode.counterBlock.buffer, 0, 12);
  const block = new Int32Array(4);
  const tag = new Uint8Array(block.buffer);
  encryptBlock(schedule, block);
  const ghash = createGhash(block);

  /** Leaves the encrypted tag in `block` (and so in `tag`). `words` is the zero-padded ciphertext. */
  function authenticate(aad: Uint8Array, words: Int32Array, length: number): void {
    ghash.reset();
    if (aad.length > 0) ghash.absorb(padded(aad, aad.length), blocksOf(aad.length));
    ghash.absorb(words, blocksOf(length));
    ghash.absorbLengths(aad.length, length);
    ghash.digestInto(block);
    xorKeyStream(counterMode, 1, block, 1);
  }

  return Object.freeze({
    seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
      const length = plaintext.length;
      const words = padded(plaintext, length + TAG_LENGTH);
      const bytes = new Uint8Array(words.buffer, 0, length + TAG_LENGTH);
      nonceBytes.set(nonce);
      xorKeyStream(counterMode, 2, words, blocksOf(length));
      bytes.fill(0, length);
      authenticate(aad, words, length);
      bytes.set(tag, length);
      return bytes;
    },

    open(nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
      const length = ciphertext.length - TAG_LENGTH;
      const words = padded(ciphertext.subarray(0, length), length);
      nonceBytes.set(nonce);
      authenticate(aad, words, length);
      if (!tagMatches(tag, ciphertext, length)) return undefined;
      xorKeyStream(counterMode, 2, words, blocksOf(length));
      return new Uint8Array(words.buffer).fill(0, length).subarray(0, length);
    },

    wipe(): void {
      schedule.fill(0);
      ghash.wipe();
      block.fill(0);
      counterMode.keyStream.fill(0);
    },
  });
}
