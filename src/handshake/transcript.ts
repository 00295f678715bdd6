// SPDX-License-Identifier: Apache-2.0

import { CborWriter } from '../cbor/writer.ts';
import type { KeySchedule } from './key-schedule.ts';

/** TH_2 = H( G_Y, H(message_1) ) (RFC 9528 section 5.3.2). */
export function transcript2(schedule: KeySchedule, gY: Uint8Array, message1: Uint8Array): Uint8Array {
  const sequence = new CborWriter().byteString(gY).byteString(schedule.hash(message1));
  return schedule.hash(sequence.finish());
}

/**
 * TH_3 = H( TH_2, PLAINTEXT_2, CRED_R ) and TH_4 = H( TH_3, PLAINTEXT_3, CRED_I ) (sections 5.4.2 and 5.5.2).
 */
export function nextTranscript(
  schedule: KeySchedule,
  previous: Uint8Array,
  plaintext: Uint8Array,
  cred: Uint8Array,
): Uint8Array {
  return schedule.hash(new CborWriter().byteString(previous).encoded(plaintext).encoded(cred).finish());
}
