// SPDX-License-Identifier: Apache-2.0

/**
 * AES-128-CCM (SP 800-38C, RFC 3610) with a 13-byte nonce, of two ciphers of OpenSSL that live as long as the key: one
 * for the chain of the tag (CBC), one for the key stream (ECB over counters). node:crypto's own CCM takes an object for
 * each message, which costs more than the message does, and again when it is collected.
 */
import { type Cipher, createCipheriv, type KeyObject } from 'node:crypto';
import type { ByteAead } from '../../crypto/backend.ts';
import { tagMatches } from '../../crypto/tag.ts';

const BLOCK = 16;
/** Bytes of the length field, and of the counter: 2, which leaves 13 for the nonce (RFC 9053 section 4.2). */
const L = 2;
const HAS_AAD = 0x40;
/** Below it the length of the additional data takes 2 bytes, from it on 6 (SP 800-38C A.2.2). */
const LONG_AAD = 0xff00;
/** Messages up to about this length are put together in memory that is there already. */
const SCRATCH_BYTES = 2048;

const scratch = new Uint8Array(SCRATCH_BYTES);
/** Its beginnings, by their length in blocks: to make a view takes longer than to fill it. */
const beginnings = Array.from({ length: 1 + SCRATCH_BYTES / BLOCK }, (_, blocks) =>
  scratch.subarray(0, blocks * BLOCK),
);

/** Of the key's bytes JavaScript sees none. `wipe` has OpenSSL clear its schedules. */
export function createCcm(material: KeyObject, tagLength: number): ByteAead {
  const chain = cipherOf('aes-128-cbc', material, new Uint8Array(BLOCK));
  const counters = cipherOf('aes-128-ecb', material, null);
  const flags = (((tagLength - 2) / 2) << 3) | (L - 1);
  /** The end of CBC's chain: XORed into the first block of a message, it begins a chain anew. After one it is the tag. */
  const chained = new Uint8Array(BLOCK);

  /** Leaves the tag, before it is encrypted, in `chained`. */
  function authenticate(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): void {
    const aadBytes = aad.length === 0 ? 0 : wholeBlocks(aadHeadBytes(aad.length) + aad.length);
    const total = BLOCK + aadBytes + wholeBlocks(plaintext.length);
    const blocks = memoryOf(total);
    blocks.fill(0, BLOCK);
    putCounterBlock(blocks, 0, aad.length === 0 ? flags : flags | HAS_AAD, nonce, plaintext.length);
    for (let at = 0; at < BLOCK; at += 1) blocks[at] = blocks[at]! ^ chained[at]!;
    if (aad.length > 0) blocks.set(aad, BLOCK + putAadHead(blocks, BLOCK, aad.length));
    blocks.set(plaintext, BLOCK + aadBytes);
    const encrypted = chain.update(blocks);
    for (let at = 0; at < BLOCK; at += 1) chained[at] = encrypted[total - BLOCK + at]!;
  }

  /** The block that encrypts the tag, and the key stream of so many bytes behind it. */
  function keyStream(nonce: Uint8Array, length: number): Uint8Array {
    const total = BLOCK + wholeBlocks(length);
    const blocks = memoryOf(total);
    for (let at = 0; at < total; at += BLOCK) putCounterBlock(blocks, at, L - 1, nonce, at / BLOCK);
    return counters.update(blocks);
  }

  return Object.freeze({
    seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
      const { length } = plaintext;
      authenticate(nonce, aad, plaintext);
      const stream = keyStream(nonce, length);
      const sealed = new Uint8Array(length + tagLength);
      for (let at = 0; at < length; at += 1) sealed[at] = plaintext[at]! ^ stream[BLOCK + at]!;
      for (let at = 0; at < tagLength; at += 1) sealed[length + at] = chained[at]! ^ stream[at]!;
      return sealed;
    },

    open(nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
      const length = ciphertext.length - tagLength;
      const stream = keyStream(nonce, length);
      const plaintext = new Uint8Array(length);
      for (let at = 0; at < length; at += 1) plaintext[at] = ciphertext[at]! ^ stream[BLOCK + at]!;
      authenticate(nonce, aad, plaintext);
      for (let at = 0; at < tagLength; at += 1) stream[at] = stream[at]! ^ chained[at]!;
      if (tagMatches(stream.subarray(0, tagLength), ciphertext, length)) return plaintext;
      plaintext.fill(0);
      return undefined;
    },

    wipe(): void {
      chain.final();
      counters.final();
      chained.fill(0);
      scratch.fill(0);
    },
  });
}

function cipherOf(name: string, material: KeyObject, iv: Uint8Array | null): Cipher {
  return createCipheriv(name, material, iv).setAutoPadding(false);
}

/** So many bytes of whole blocks, with what was in them before. */
function memoryOf(length: number): Uint8Array {
  return beginnings[length / BLOCK] ?? new Uint8Array(length);
}

/** B_0 and A_i of SP 800-38C: flags, nonce, and the length or the counter. */
function putCounterBlock(
  blocks: Uint8Array,
  at: number,
  flags: number,
  nonce: Uint8Array,
  count: number,
): void {
  blocks[at] = flags;
  for (let index = 0; index < nonce.length; index += 1) blocks[at + 1 + index] = nonce[index]!;
  blocks[at + BLOCK - L] = count >>> 8;
  blocks[at + BLOCK - 1] = count;
}

function aadHeadBytes(length: number): number {
  return length < LONG_AAD ? 2 : 6;
}

/** The length of the additional data in front of it (SP 800-38C A.2.2). Returns how many bytes that takes. */
function putAadHead(blocks: Uint8Array, at: number, length: number): number {
  const bytes = aadHeadBytes(length);
  if (bytes > 2) blocks.set([0xff, 0xfe, length >>> 24, length >>> 16], at);
  blocks[at + bytes - 2] = length >>> 8;
  blocks[at + bytes - 1] = length;
  return bytes;
}

function wholeBlocks(length: number): number {
  return (length + BLOCK - 1) & -BLOCK;
}
