// SPDX-License-Identifier: Apache-2.0

import { type Completion, complete } from './completion.ts';
import type { HandshakeContext } from './context.ts';
import { KdfLabel, mixAuthentication } from './key-schedule.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import { encodeCiphertext, encodePlaintext3 } from './message-3.ts';
import { sealMessage } from './message-keys.ts';
import type { VerifiedMessage2 } from './process-message-2.ts';
import { prove } from './proof.ts';
import { nextTranscript } from './transcript.ts';

/** What the Initiator keeps of its message_3. */
export interface SentMessage3 {
  readonly message3: Uint8Array;
  readonly completion: Completion;
}

/** Makes message_3 (RFC 9528 section 5.4.2). `ead3` is the encoded field, `keys` keep the completion's. */
export function composeMessage3(
  context: HandshakeContext,
  verified: VerifiedMessage2 & { readonly gY: Uint8Array },
  ead3: Uint8Array,
  keys: Keyring,
): SentMessage3 {
  const { provider, schedule, own, ownAuthentication } = context;
  const { prk3e2m, transcript3, gY } = verified;
  const spent = createKeyring();
  try {
    const prk4e3m = mixAuthentication(
      schedule,
      { authentication: ownAuthentication, prk: prk3e2m, label: KdfLabel.SALT_4e3m, transcript: transcript3 },
      () => provider.agree(own.privateKey, gY),
      spent,
    );
    const { credential } = own;
    const statement = { authentication: ownAuthentication, credential, transcript: transcript3, ead: ead3 };
    const signatureOrMac3 = prove(context, statement, prk4e3m, own);
    const plaintext3 = encodePlaintext3({ idCredI: credential.idCred, signatureOrMac3 }, ead3);
    const message3Key = schedule.messageKey(prk3e2m, KdfLabel.K_3, KdfLabel.IV_3, transcript3);
    spent.hold(message3Key.key);
    const message3 = encodeCiphertext(sealMessage(message3Key, transcript3, plaintext3));
    const transcript4 = nextTranscript(schedule, transcript3, plaintext3, credential.cred);
    return { message3, completion: complete(context, prk4e3m, transcript4, keys) };
  } finally {
    spent.wipe();
  }
}
