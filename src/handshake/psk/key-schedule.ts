// SPDX-License-Identifier: Apache-2.0

import { concatBytes } from '../../bytes/compare.ts';
import { CborWriter } from '../../cbor/writer.ts';
import type { PrivateKey, Secret } from '../../crypto/provider.ts';
import { type Completion, complete } from '../completion.ts';
import type { SuiteContext } from '../context.ts';
import { writeIdCred } from '../id-cred.ts';
import { KdfLabel, type MessageKey } from '../key-schedule.ts';
import type { Keyring } from '../keyring.ts';
import { nextTranscript, transcript2 } from '../transcript.ts';
import type { PreSharedKey } from './credential.ts';

/** info_label of KEYSTREAM_3A, as the draft suggests. */
const KEYSTREAM_3A = 12;

/** What both ends share after the ephemeral keys: PRK_2e, which is PRK_3e2m too. */
export interface EphemeralSecret {
  readonly prk2e: Secret;
  /** TH_2. */
  readonly transcript: Uint8Array;
}

/** What the pre-shared key adds. */
export interface PskSecret {
  readonly prk4e3m: Secret;
  readonly message3Key: MessageKey;
}

/** PRK_2e = EDHOC_Extract( TH_2, G_XY ). `keys` keep it. */
export function agreeEphemeral(
  { provider, schedule }: SuiteContext,
  own: PrivateKey,
  peer: Uint8Array,
  { gY, message1 }: { readonly gY: Uint8Array; readonly message1: Uint8Array },
  keys: Keyring,
): EphemeralSecret {
  const transcript = transcript2(schedule, gY, message1);
  const shared = provider.agree(own, peer);
  const prk2e = keys.hold(schedule.extract(transcript, shared));
  shared.wipe();
  return { prk2e, transcript };
}

/** TH_3 = H( TH_2, PLAINTEXT_2A ) */
export function pskTranscript3(
  { schedule }: SuiteContext,
  transcript: Uint8Array,
  plaintext2A: Uint8Array,
): Uint8Array {
  return nextTranscript(schedule, transcript, plaintext2A, new Uint8Array(0));
}

/** PRK_4e3m = EDHOC_Extract( SALT_4e3m, PSK ), and K_3 and IV_3 from it. `keys` keep both. */
export function mixPsk(
  { schedule }: SuiteContext,
  prk3e2m: Secret,
  transcript3: Uint8Array,
  psk: PreSharedKey,
  keys: Keyring,
): PskSecret {
  const salt = schedule.expand(prk3e2m, KdfLabel.SALT_4e3m, transcript3, schedule.hashLength);
  const prk4e3m = keys.hold(schedule.extract(salt, psk.secret));
  const message3Key = schedule.messageKey(prk4e3m, KdfLabel.K_3, KdfLabel.IV_3, transcript3);
  keys.hold(message3Key.key);
  return { prk4e3m, message3Key };
}

/** PLAINTEXT_3A to CIPHERTEXT_3A and back: hides ID_CRED_PSK and authenticates nothing. */
export function xorKeystream3A(
  { schedule }: SuiteContext,
  prk3e2m: Secret,
  transcript3: Uint8Array,
  text: Uint8Array,
): Uint8Array {
  const result = schedule.expand(prk3e2m, KEYSTREAM_3A, transcript3, text.length);
  for (let i = 0; i < text.length; i++) result[i]! ^= text[i]!;
  return result;
}

/** external_aad = << ID_CRED_PSK, TH_3, CRED_I, CRED_R >>, with ID_CRED_PSK as it is sent. */
export function pskExternalAad(psk: PreSharedKey, transcript3: Uint8Array): Uint8Array {
  const writer = writeIdCred(new CborWriter(), psk.idCred).byteString(transcript3);
  return writer.encoded(psk.initiator.cred).encoded(psk.responder.cred).finish();
}

/** TH_4 = H( TH_3, ID_CRED_PSK, PLAINTEXT_3B, CRED_I, CRED_R ), and what follows from it. */
export function completePsk(
  context: SuiteContext,
  psk: PreSharedKey,
  { prk4e3m }: PskSecret,
  transcript3: Uint8Array,
  plaintext3B: Uint8Array,
  keys: Keyring,
): Completion {
  const plaintext = writeIdCred(new CborWriter(), psk.idCred).encoded(plaintext3B).finish();
  const creds = concatBytes(psk.initiator.cred, psk.responder.cred);
  const transcript4 = nextTranscript(context.schedule, transcript3, plaintext, creds);
  return complete(context, prk4e3m, transcript4, keys);
}
