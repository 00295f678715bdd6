// SPDX-License-Identifier: Apache-2.0

/**
 * AES-128-CCM (SP 800-38C, RFC 3610) with a 13-byte nonce, of two ciphers of OpenSSL that live as long as the key: one
 * for the chain of the tag (CBC), one for the key stream (ECB over counters). node:crypto's own CCM takes an object for
 * each message, which costs more than the message does, and again when it is collected.
 *
 * What is authenticated before the plaintext comes as `head`, in whole blocks: B_0, without the length of the
 * plaintext, and the additional data. `ccmHead` makes it, and who seals many messages keeps it and puts the next nonce
 * into it.
 */
import { type Cipher, createCipheriv, type KeyObject } from 'node:crypto';
import type { ByteAead } from '../../crypto/backend.ts';

const BLOCK = 16;
/** Where the nonce lies in a head. */
export const NONCE_START = 1;
export const NONCE_BYTES = 13;
/** Where additional data begins in it that is shorter than `LONG_AAD`. */
export const SHORT_AAD_START = BLOCK + 2;
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

/** Of the key's bytes JavaScript sees none. */
export function createCcm(material: KeyObject, tagLength: number): ByteAead {
  const key = new CcmKey(material, tagLength);
  return Object.freeze({
    seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
      const sealed = new Uint8Array(plaintext.length + tagLength);
      key.seal(ccmHead(tagLength, nonce, aad), plaintext, sealed, 0);
      return sealed;
    },
    open: (nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array) =>
      key.open(ccmHead(tagLength, nonce, aad), ciphertext, 0),
    wipe: () => key.wipe(),
  });
}

/** The same for who keeps heads. A ciphertext, or what is opened, may lie anywhere in an array. */
export class CcmKey {
  readonly tagLength: number;
  private readonly chain: Cipher;
  private readonly counters: Cipher;
  /** The end of CBC's chain: XORed into a message's first block, it begins a chain anew. After one it is the tag. */
  private readonly chained = new Uint8Array(BLOCK);

  constructor(material: KeyObject, tagLength: number) {
    this.tagLength = tagLength;
    this.chain = cipherOf('aes-128-cbc', material, new Uint8Array(BLOCK));
    this.counters = cipherOf('aes-128-ecb', material, null);
  }

  /** Writes ciphertext and tag into `target` from `at`. */
  seal(head: Uint8Array, plaintext: Uint8Array, target: Uint8Array, at: number): void {
    const { length } = plaintext;
    this.authenticate(head, plaintext);
    const stream = this.keyStream(head, length);
    for (let index = 0; index < length; index += 1)
      target[at + index] = plaintext[index]! ^ stream[BLOCK + index]!;
    for (let index = 0; index < this.tagLength; index += 1)
      target[at + length + index] = this.chained[index]! ^ stream[index]!;
  }

  /** The plaintext of what lies in `source` from `at` on, at least a tag. Undefined where that does not verify. */
  open(head: Uint8Array, source: Uint8Array, at: number): Uint8Array | undefined {
    const end = source.length - this.tagLength;
    const stream = this.keyStream(head, end - at);
    const plaintext = new Uint8Array(end - at);
    for (let index = 0; index < plaintext.length; index += 1)
      plaintext[index] = source[at + index]! ^ stream[BLOCK + index]!;
    this.authenticate(head, plaintext);
    let difference = 0;
    for (let index = 0; index < this.tagLength; index += 1)
      difference |= source[end + index]! ^ stream[index]! ^ this.chained[index]!;
    if (difference === 0) return plaintext;
    plaintext.fill(0);
    return undefined;
  }

  /** Has OpenSSL clear its schedules. */
  wipe(): void {
    this.chain.final();
    this.counters.final();
    this.chained.fill(0);
    scratch.fill(0);
  }

  /** Leaves the tag, before it is encrypted, in `chained`. */
  private authenticate(head: Uint8Array, plaintext: Uint8Array): void {
    const { chained } = this;
    const { length } = plaintext;
    const total = head.length + wholeBlocks(length);
    const blocks = memoryOf(total);
    for (let at = 0; at < BLOCK; at += 1) blocks[at] = head[at]! ^ chained[at]!;
    blocks[BLOCK - L] = blocks[BLOCK - L]! ^ (length >>> 8);
    blocks[BLOCK - 1] = blocks[BLOCK - 1]! ^ length;
    for (let at = BLOCK; at < head.length; at += 1) blocks[at] = head[at]!;
    blocks.set(plaintext, head.length);
    for (let at = head.length + length; at < total; at += 1) blocks[at] = 0;
    const encrypted = this.chain.update(blocks);
    for (let at = 0; at < BLOCK; at += 1) chained[at] = encrypted[total - BLOCK + at]!;
  }

  /** The block that encrypts the tag, and the key stream of so many bytes behind it. */
  private keyStream(head: Uint8Array, length: number): Uint8Array {
    const total = BLOCK + wholeBlocks(length);
    const blocks = memoryOf(total);
    for (let at = 0; at < total; at += BLOCK) {
      blocks[at] = L - 1;
      for (let index = NONCE_START; index < BLOCK - L; index += 1) blocks[at + index] = head[index]!;
      blocks[at + BLOCK - L] = at >>> 12;
      blocks[at + BLOCK - 1] = at >>> 4;
    }
    return this.counters.update(blocks);
  }
}

/** B_0, with no length in it, and the blocks of the additional data (SP 800-38C A.2). */
export function ccmHead(tagLength: number, nonce: Uint8Array, aad: Uint8Array): Uint8Array {
  const aadStart = aad.length < LONG_AAD ? SHORT_AAD_START : SHORT_AAD_START + 4;
  const head = new Uint8Array(aad.length === 0 ? BLOCK : wholeBlocks(aadStart + aad.length));
  head[0] = (aad.length === 0 ? 0 : HAS_AAD) | (((tagLength - 2) / 2) << 3) | (L - 1);
  head.set(nonce, NONCE_START);
  if (aad.length === 0) return head;
  if (aad.length >= LONG_AAD) head.set([0xff, 0xfe, aad.length >>> 24, aad.length >>> 16], BLOCK);
  head[aadStart - 2] = aad.length >>> 8;
  head[aadStart - 1] = aad.length;
  head.set(aad, aadStart);
  return head;
}

function cipherOf(name: string, material: KeyObject, iv: Uint8Array | null): Cipher {
  return createCipheriv(name, material, iv).setAutoPadding(false);
}

/** So many bytes of whole blocks, with what was in them before. */
function memoryOf(length: number): Uint8Array {
  return beginnings[length / BLOCK] ?? new Uint8Array(length);
}

function wholeBlocks(length: number): number {
  return (length + BLOCK - 1) & -BLOCK;
}
