// SPDX-License-Identifier: Apache-2.0

import { encStructure } from '../cose/structure.ts';
import type { Secret } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import { KdfLabel, type KeySchedule, type MessageKey } from './key-schedule.ts';

/** PLAINTEXT_2 to CIPHERTEXT_2 and back: XOR with KEYSTREAM_2, which authenticates nothing. */
export function xorKeystream2(
  schedule: KeySchedule,
  prk2e: Secret,
  transcript2: Uint8Array,
  text: Uint8Array,
): Uint8Array {
  const result = schedule.expand(prk2e, KdfLabel.KEYSTREAM_2, transcript2, text.length);
  for (let i = 0; i < text.length; i++) result[i]! ^= text[i]!;
  return result;
}

/** Returns CIPHERTEXT_3 or CIPHERTEXT_4: a COSE_Encrypt0 with external_aad = TH (RFC 9528 section 5.4.2). */
export function sealMessage({ key, iv }: MessageKey, transcript: Uint8Array, text: Uint8Array): Uint8Array {
  return key.seal(iv, encStructure(new Uint8Array(0), transcript), text);
}

/** Returns the plaintext, or refuses with `decryptionFailure`. */
export function openMessage(
  { key, iv }: MessageKey,
  transcript: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  const aad = encStructure(new Uint8Array(0), transcript);
  return key.open(iv, aad, ciphertext) ?? refuse('decryptionFailure');
}
