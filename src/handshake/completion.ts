// SPDX-License-Identifier: Apache-2.0

import type { Secret } from '../crypto/provider.ts';
import type { SuiteContext } from './context.ts';
import { type Ead, type EadItem, encodeEad } from './ead.ts';
import { KdfLabel, type MessageKey } from './key-schedule.ts';
import type { Keyring } from './keyring.ts';
import { decodeCiphertext, decodePlaintext4, encodeCiphertext } from './message-3.ts';
import { openMessage, sealMessage } from './message-keys.ts';

/** What is left of a handshake once message_3 is made or verified. */
export interface Completion {
  readonly prkOut: Secret;
  /** TH_4. */
  readonly transcript: Uint8Array;
  readonly message4Key: MessageKey;
}

/** `keys` keeps PRK_out and the key of message_4. */
export function complete(
  { schedule }: SuiteContext,
  prk4e3m: Secret,
  transcript: Uint8Array,
  keys: Keyring,
): Completion {
  const message4Key = schedule.messageKey(prk4e3m, KdfLabel.K_4, KdfLabel.IV_4, transcript);
  keys.hold(message4Key.key);
  const prkOut = schedule.expandSecret(prk4e3m, KdfLabel.PRK_out, transcript, schedule.hashLength);
  return { prkOut: keys.hold(prkOut), transcript, message4Key };
}

/** Returns message_4 (RFC 9528 section 5.5.2). A completion seals one such message, once. */
export function composeMessage4(completion: Completion, ead4: readonly EadItem[]): Uint8Array {
  return encodeCiphertext(sealMessage(completion.message4Key, completion.transcript, encodeEad(ead4)));
}

/** Returns EAD_4 (section 5.5.3). */
export function readMessage4(completion: Completion, message4: Uint8Array, known: readonly number[]): Ead {
  const ciphertext = decodeCiphertext(message4);
  return decodePlaintext4(openMessage(completion.message4Key, completion.transcript, ciphertext), known);
}
