// SPDX-License-Identifier: Apache-2.0

import { type Completion, complete } from './completion.ts';
import type { SentMessage2 } from './compose-message-2.ts';
import { checkCredential, type HandshakeContext } from './context.ts';
import type { Credential } from './credential.ts';
import type { Ead } from './ead.ts';
import { KdfLabel, mixAuthentication } from './key-schedule.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import { decodeCiphertext, decodePlaintext3, type Plaintext3 } from './message-3.ts';
import { openMessage } from './message-keys.ts';
import { checkProof } from './proof.ts';
import { nextTranscript } from './transcript.ts';

/** message_3 decrypted: whoever sent it answered our message_2, but has not proved who it is. */
export interface ReadMessage3 extends Plaintext3 {
  readonly ead3: Ead;
  readonly plaintext3: Uint8Array;
}

/** Decrypts message_3 (RFC 9528 section 5.4.3). */
export function readMessage3(
  { knownEad }: HandshakeContext,
  { message3Key, transcript3 }: SentMessage2,
  message3: Uint8Array,
): ReadMessage3 {
  const plaintext3 = openMessage(message3Key, transcript3, decodeCiphertext(message3));
  return { ...decodePlaintext3(plaintext3, knownEad), plaintext3 };
}

/** Checks that `credential` is the claimed one and made the proof. `keys` keep the completion's. */
export function verifyMessage3(
  context: HandshakeContext,
  sent: SentMessage2,
  read: ReadMessage3,
  credential: Credential,
  keys: Keyring,
): Completion {
  checkCredential(context, credential, read.idCredI);
  const { provider, schedule, peerAuthentication } = context;
  const { prk3e2m, transcript3, ephemeral } = sent;
  const spent = createKeyring();
  try {
    const prk4e3m = mixAuthentication(
      schedule,
      {
        authentication: peerAuthentication,
        prk: prk3e2m,
        label: KdfLabel.SALT_4e3m,
        transcript: transcript3,
      },
      () => provider.agree(ephemeral, credential.publicKey),
      spent,
    );
    const ead = read.ead3.bytes;
    const statement = { authentication: peerAuthentication, credential, transcript: transcript3, ead };
    checkProof(context, statement, prk4e3m, read.signatureOrMac3);
    const transcript4 = nextTranscript(schedule, transcript3, read.plaintext3, credential.cred);
    return complete(context, prk4e3m, transcript4, keys);
  } finally {
    spent.wipe();
  }
}
