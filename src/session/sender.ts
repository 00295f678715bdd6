// SPDX-License-Identifier: Apache-2.0

import { overlap } from '../bytes/compare.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import { compressedHeaderLength, encodeCompressed } from './compressed.ts';
import type { DirectionContext } from './context.ts';
import { keyLimits } from './key-limits.ts';
import { encodePartialIv } from './partial-iv.ts';
import { createProtection } from './protection.ts';
import { createSequenceNumbers, type SequenceOptions } from './sequence.ts';

/** Protects what this end sends (RFC 8613 section 8.1, without CoAP). */
export interface Sender {
  /** Returns a compressed record. Refuses `tooLong`, `keyWiped`, `sequenceExhausted`, `keyLimitReached`. */
  protect(this: void, plaintext: Uint8Array): Uint8Array;
  /**
   * Writes it to the start of `target` and returns its length in bytes. Refuses besides, before a number is used,
   * with `badArgument` a target that overlaps the plaintext, with `targetTooShort` one that has no room.
   */
  protectInto(this: void, plaintext: Uint8Array, target: Uint8Array): number;
  close(): void;
}

/** The sender in TypeScript, over single algorithms. */
export function createSender(
  provider: CryptoProvider,
  context: DirectionContext,
  options: SequenceOptions,
): Sender {
  const { kid, kidContext, tagLength, maxMessageBytes } = context;
  const numbers = createSequenceNumbers(options, keyLimits(context.algorithm).maxSealed);
  const protection = createProtection(provider, context);
  let closed = false;

  /** Returns the next record's Partial IV. */
  function nextPartialIv(plaintext: Uint8Array): Uint8Array {
    if (plaintext.length > maxMessageBytes) refuse('tooLong');
    if (closed) refuse('keyWiped');
    return encodePartialIv(numbers.next());
  }

  function sealed(partialIv: Uint8Array, plaintext: Uint8Array): Uint8Array {
    numbers.take();
    return encodeCompressed(partialIv, kid, kidContext, protection.seal(partialIv, plaintext));
  }

  return {
    protect: (plaintext) => sealed(nextPartialIv(plaintext), plaintext),
    protectInto(plaintext, target) {
      if (overlap(plaintext, target)) refuse('badArgument');
      const partialIv = nextPartialIv(plaintext);
      const length = compressedHeaderLength(partialIv, kid, kidContext) + plaintext.length + tagLength;
      if (target.length < length) refuse('targetTooShort');
      target.set(sealed(partialIv, plaintext));
      return length;
    },
    close() {
      closed = true;
      protection.wipe();
    },
  };
}
