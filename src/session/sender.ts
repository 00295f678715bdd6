// SPDX-License-Identifier: Apache-2.0

import { overlap } from '../bytes/compare.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { RecordDirection } from '../crypto/records.ts';
import { SpecificationLimits } from '../limits.ts';
import { Reason, type ReasonCode } from '../refusal.ts';
import { compressedHeaderLength, encodeCompressed } from './compressed.ts';
import { encodePartialIv } from './partial-iv.ts';
import { createProtection } from './protection.ts';

/** Protects one direction (RFC 8613 section 8.1, without CoAP), as `RecordProvider` describes. */
export interface Sender {
  nextSequenceNumber(): number;
  reserve(upTo: number): void;
  refusal(length: number): ReasonCode | undefined;
  protect(plaintext: Uint8Array): Uint8Array | undefined;
  protectInto(plaintext: Uint8Array, target: Uint8Array): number | undefined;
  wipe(): void;
}

/** The sender in TypeScript, over single algorithms. */
export function createSender(
  provider: CryptoProvider,
  direction: RecordDirection,
  firstSequenceNumber: number,
  maxSealed: number,
): Sender {
  const { maxMessageBytes } = direction;
  const kid = direction.kid.slice();
  const kidContext = direction.kidContext?.slice();
  const protection = createProtection(provider, direction);
  let sequence = firstSequenceNumber;
  let reserved = firstSequenceNumber;
  let wiped = false;

  function refusal(length: number): ReasonCode | undefined {
    if (length > maxMessageBytes) return Reason.tooLong;
    if (wiped) return Reason.keyWiped;
    if (sequence > SpecificationLimits.maxSequenceNumber) return Reason.sequenceExhausted;
    if (sequence >= maxSealed) return Reason.keyLimitReached;
    return undefined;
  }

  /** Its number is used up first, whatever happens then. */
  function sealed(partialIv: Uint8Array, plaintext: Uint8Array): Uint8Array {
    sequence += 1;
    return encodeCompressed(partialIv, kid, kidContext, protection.seal(partialIv, plaintext));
  }

  return {
    nextSequenceNumber: () => sequence,
    reserve(upTo) {
      reserved = Math.max(reserved, upTo);
    },
    refusal,
    protect(plaintext) {
      if (refusal(plaintext.length) !== undefined || sequence >= reserved) return undefined;
      return sealed(encodePartialIv(sequence), plaintext);
    },
    protectInto(plaintext, target) {
      if (overlap(plaintext, target)) return -Reason.badArgument;
      const reason = refusal(plaintext.length);
      if (reason !== undefined) return -reason;
      if (sequence >= reserved) return undefined;
      const partialIv = encodePartialIv(sequence);
      const headerLength = compressedHeaderLength(partialIv, kid, kidContext);
      const length = headerLength + plaintext.length + protection.tagLength;
      if (target.length < length) return -Reason.targetTooShort;
      target.set(sealed(partialIv, plaintext));
      return length;
    },
    wipe() {
      wiped = true;
      protection.wipe();
    },
  };
}
