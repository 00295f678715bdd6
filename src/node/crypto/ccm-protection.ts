// SPDX-License-Identifier: Apache-2.0

import type { KeyObject } from 'node:crypto';
import { encStructure } from '../../cose/structure.ts';
import type { RecordDirection } from '../../crypto/records.ts';
import { refuse } from '../../refusal.ts';
import { aadArray } from '../../session/aad.ts';
import { encodePartialIv, partialIvLength, putPartialIv } from '../../session/partial-iv.ts';
import type { Protection } from '../../session/protection.ts';
import { CcmKey, ccmHead, NONCE_BYTES, NONCE_START, SHORT_AAD_START } from './ccm.ts';

const NONE = new Uint8Array(0);
const NONCE_END = NONCE_START + NONCE_BYTES;

/**
 * Records of one direction by AES-CCM, as src/session/protection.ts has them by any AEAD: what is authenticated before
 * a plaintext lies ready, and of one record for the next only the number in it changes.
 */
export class CcmProtection implements Protection {
  readonly tagLength: number;
  readonly failure = 'decryptionFailure';
  private readonly key: CcmKey;
  private readonly algorithm: number;
  private readonly kid: Uint8Array;
  private readonly baseIv: Uint8Array;
  private head: Uint8Array = NONE;
  /** Of the Partial IV that it is made for, and where that ends in it. */
  private length = 0;
  private end = 0;
  private isWiped = false;

  constructor({ algorithm, key, kid, baseIv }: RecordDirection<KeyObject>, tagLength: number) {
    this.tagLength = tagLength;
    this.key = new CcmKey(key, tagLength);
    this.algorithm = algorithm;
    this.kid = kid.slice();
    this.baseIv = baseIv.slice();
  }

  seal(sequence: number, plaintext: Uint8Array, record: Uint8Array, at: number): void {
    this.key.seal(this.headOf(sequence), plaintext, record, at);
  }

  open(sequence: number, record: Uint8Array, at: number): Uint8Array | undefined {
    return this.key.open(this.headOf(sequence), record, at);
  }

  wipe(): void {
    if (this.isWiped) return;
    this.isWiped = true;
    this.key.wipe();
    this.baseIv.fill(0);
    this.head.fill(0);
  }

  private headOf(sequence: number): Uint8Array {
    if (this.isWiped) refuse('keyWiped');
    if (partialIvLength(sequence) !== this.length) this.makeHead(sequence);
    const { head, baseIv, length, end } = this;
    putPartialIv(head, end - length, end, sequence);
    putPartialIv(head, NONCE_END - length, NONCE_END, sequence);
    for (let at = 1; at <= length; at += 1)
      head[NONCE_END - at] = head[NONCE_END - at]! ^ baseIv[NONCE_BYTES - at]!;
    return head;
  }

  private makeHead(sequence: number): void {
    const aad = encStructure(NONE, aadArray(this.algorithm, this.kid, encodePartialIv(sequence)));
    this.head = ccmHead(this.tagLength, this.baseIv, aad);
    this.length = partialIvLength(sequence);
    // Behind the Partial IV there is only the empty bstr of the options (RFC 8613 section 5.4).
    this.end = SHORT_AAD_START + aad.length - 1;
  }
}
