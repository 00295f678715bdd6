// SPDX-License-Identifier: Apache-2.0

import { overlap } from '../bytes/compare.ts';
import type { RecordDirection } from '../crypto/records.ts';
import { SpecificationLimits } from '../limits.ts';
import { Reason, type ReasonCode } from '../refusal.ts';
import { compressedHeaderLength, putHeader } from './compressed.ts';
import type { Protection } from './protection.ts';

/** Protects one direction (RFC 8613 section 8.1, without CoAP), as `RecordProvider` describes. */
export class Sender {
  private readonly protection: Protection;
  private readonly kid: Uint8Array;
  private readonly kidContext: Uint8Array | undefined;
  private readonly maxMessageBytes: number;
  private readonly maxSealed: number;
  private sequence: number;
  private reserved: number;
  private isWiped = false;

  constructor(
    protection: Protection,
    { kid, kidContext, maxMessageBytes }: RecordDirection<unknown>,
    firstSequenceNumber: number,
    maxSealed: number,
  ) {
    this.protection = protection;
    this.kid = kid.slice();
    this.kidContext = kidContext?.slice();
    this.maxMessageBytes = maxMessageBytes;
    this.maxSealed = maxSealed;
    this.sequence = firstSequenceNumber;
    this.reserved = firstSequenceNumber;
  }

  nextSequenceNumber(): number {
    return this.sequence;
  }

  reserve(upTo: number): void {
    this.reserved = Math.max(this.reserved, upTo);
  }

  refusal(length: number): ReasonCode | undefined {
    if (length > this.maxMessageBytes) return Reason.tooLong;
    if (this.isWiped) return Reason.keyWiped;
    if (this.sequence > SpecificationLimits.maxSequenceNumber) return Reason.sequenceExhausted;
    if (this.sequence >= this.maxSealed) return Reason.keyLimitReached;
    return undefined;
  }

  /** Whether `put` may be called for a plaintext of so many bytes. */
  isReady(length: number): boolean {
    return this.sequence < this.reserved && this.refusal(length) === undefined;
  }

  protect(plaintext: Uint8Array): Uint8Array | undefined {
    if (!this.isReady(plaintext.length)) return undefined;
    const record = new Uint8Array(this.lengthOf(plaintext.length));
    this.put(plaintext, record, 0);
    return record;
  }

  protectInto(plaintext: Uint8Array, target: Uint8Array): number | undefined {
    if (overlap(plaintext, target)) return -Reason.badArgument;
    const reason = this.refusal(plaintext.length);
    if (reason !== undefined) return -reason;
    if (this.sequence >= this.reserved) return undefined;
    const length = this.lengthOf(plaintext.length);
    if (target.length < length) return -Reason.targetTooShort;
    this.put(plaintext, target, 0);
    return length;
  }

  /** Bytes of the next record, of a plaintext of so many. */
  lengthOf(length: number): number {
    const { protection, sequence, kid, kidContext } = this;
    return compressedHeaderLength(sequence, kid, kidContext) + length + protection.tagLength;
  }

  /** Writes the next record from `at`, where there is room for it. Its number is used up first, whatever comes then. */
  put(plaintext: Uint8Array, target: Uint8Array, at: number): void {
    const { sequence } = this;
    this.sequence = sequence + 1;
    const bodyStart = putHeader(target, at, sequence, this.kid, this.kidContext);
    this.protection.seal(sequence, plaintext, target, bodyStart);
  }

  wipe(): void {
    this.isWiped = true;
    this.protection.wipe();
  }
}
