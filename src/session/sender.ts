// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { encodeCompressed } from './compressed.ts';
import type { DirectionContext } from './context.ts';
import { keyLimits } from './key-limits.ts';
import { encodePartialIv } from './partial-iv.ts';
import { createSequenceNumbers, type SequenceOptions } from './sequence.ts';

/** Protects what this end sends (RFC 8613 section 8.1, without CoAP). */
export interface Sender {
  /** Returns a compressed record. Refuses with `tooLong`, `sequenceExhausted`, `keyLimitReached`. */
  protect(plaintext: Uint8Array): Uint8Array;
  close(): void;
}

export function createSender(context: DirectionContext, options: SequenceOptions): Sender {
  const { kid, kidContext, protection } = context;
  const numbers = createSequenceNumbers(options, keyLimits(context.algorithm).maxSealed);

  function protect(plaintext: Uint8Array): Uint8Array {
    if (plaintext.length > ImplementationLimits.recordMaxMessageBytes) refuse('tooLong');
    const partialIv = encodePartialIv(numbers.take());
    return encodeCompressed(partialIv, kid, kidContext, protection.seal(partialIv, plaintext));
  }

  return { protect, close: () => protection.wipe() };
}
