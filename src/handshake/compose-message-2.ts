// SPDX-License-Identifier: Apache-2.0

import { curveParameters } from '../crypto/curves.ts';
import type { PrivateKey, Secret } from '../crypto/provider.ts';
import type { HandshakeContext } from './context.ts';
import { KdfLabel, type MessageKey, mixAuthentication } from './key-schedule.ts';
import type { Keyring } from './keyring.ts';
import { encodeMessage2, encodePlaintext2 } from './message-2.ts';
import { xorKeystream2 } from './message-keys.ts';
import { prove } from './proof.ts';
import { nextTranscript, transcript2 } from './transcript.ts';

/** What the Responder keeps of its message_2. */
export interface SentMessage2 {
  readonly message2: Uint8Array;
  readonly ephemeral: PrivateKey;
  readonly prk3e2m: Secret;
  readonly transcript3: Uint8Array;
  readonly message3Key: MessageKey;
}

/** What message_2 answers and carries. `ead2` is the encoded field. */
export interface Message2Parts {
  readonly message1: Uint8Array;
  readonly gX: Uint8Array;
  readonly cR: Uint8Array;
  readonly ead2: Uint8Array;
}

/** Makes message_2 (RFC 9528 section 5.3.2). `keys` keep what is needed for message_3. */
export function composeMessage2(
  context: HandshakeContext,
  parts: Message2Parts,
  keys: Keyring,
): SentMessage2 {
  const { provider, suite, schedule, own, ownAuthentication } = context;
  const { message1, gX, cR, ead2 } = parts;
  const ephemeral = keys.hold(provider.generateKey(suite.curve));
  const gY = ephemeral.publicKey.subarray(0, curveParameters(suite.curve)!.coordinateLength);
  const th2 = transcript2(schedule, gY, message1);
  const shared = provider.agree(ephemeral, gX);
  const prk2e = keys.hold(schedule.extract(th2, shared));
  shared.wipe();
  const prk3e2m = mixAuthentication(
    schedule,
    { authentication: ownAuthentication, prk: prk2e, label: KdfLabel.SALT_3e2m, transcript: th2 },
    () => provider.agree(own.privateKey, gX),
    keys,
  );

  const { credential } = own;
  const statement = { authentication: ownAuthentication, credential, transcript: th2, ead: ead2, cR };
  const signatureOrMac2 = prove(context, statement, prk3e2m, own);
  const plaintext2 = encodePlaintext2({ cR, idCredR: credential.idCred, signatureOrMac2 }, ead2);
  const message2 = encodeMessage2({ gY, ciphertext2: xorKeystream2(schedule, prk2e, th2, plaintext2) });

  const transcript3 = nextTranscript(schedule, th2, plaintext2, credential.cred);
  const message3Key = schedule.messageKey(prk3e2m, KdfLabel.K_3, KdfLabel.IV_3, transcript3);
  keys.hold(message3Key.key);
  return { message2, ephemeral, prk3e2m, transcript3, message3Key };
}
