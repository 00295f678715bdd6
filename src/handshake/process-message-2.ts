// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import { curveParameters } from '../crypto/curves.ts';
import type { Secret } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import type { SentMessage1 } from './compose-message-1.ts';
import { checkCredential, type HandshakeContext } from './context.ts';
import type { Credential } from './credential.ts';
import type { Ead } from './ead.ts';
import { KdfLabel, mixAuthentication } from './key-schedule.ts';
import type { Keyring } from './keyring.ts';
import { decodeMessage2, decodePlaintext2, type Plaintext2 } from './message-2.ts';
import { xorKeystream2 } from './message-keys.ts';
import { checkProof } from './proof.ts';
import { nextTranscript, transcript2 } from './transcript.ts';

/** message_2 decrypted, by whoever sent it: nothing in it has been proved. */
export interface ReadMessage2 extends Plaintext2 {
  readonly message2: Uint8Array;
  readonly gY: Uint8Array;
  readonly ead2: Ead;
  readonly plaintext2: Uint8Array;
  readonly transcript2: Uint8Array;
  readonly prk2e: Secret;
}

/** message_2 whose Responder has proved itself. */
export interface VerifiedMessage2 {
  readonly prk3e2m: Secret;
  readonly transcript3: Uint8Array;
}

/** Decrypts message_2 (RFC 9528 section 5.3.3). `message2` is kept, `keys` keep PRK_2e. */
export function readMessage2(
  context: HandshakeContext,
  sent: SentMessage1,
  message2: Uint8Array,
  keys: Keyring,
): ReadMessage2 {
  const { provider, suite, schedule, knownEad } = context;
  const { gY, ciphertext2 } = decodeMessage2(message2, curveParameters(suite.curve)!.coordinateLength);
  const th2 = transcript2(schedule, gY, sent.message1);
  const shared = provider.agree(sent.ephemeral, gY);
  const prk2e = keys.hold(schedule.extract(th2, shared));
  shared.wipe();
  const plaintext2 = xorKeystream2(schedule, prk2e, th2, ciphertext2);
  const fields = decodePlaintext2(plaintext2, knownEad);
  if (equalBytes(fields.cR, sent.cI)) refuse('connectionIdInvalid');
  return { ...fields, message2, gY, plaintext2, transcript2: th2, prk2e };
}

/** Checks that `credential` is the claimed one and made the proof. `keys` keep PRK_3e2m. */
export function verifyMessage2(
  context: HandshakeContext,
  { ephemeral }: SentMessage1,
  read: ReadMessage2,
  credential: Credential,
  keys: Keyring,
): VerifiedMessage2 {
  checkCredential(context, credential, read.idCredR);
  const { schedule, provider, peerAuthentication } = context;
  const { prk2e, cR, ead2 } = read;
  const prk3e2m = mixAuthentication(
    schedule,
    {
      authentication: peerAuthentication,
      prk: prk2e,
      label: KdfLabel.SALT_3e2m,
      transcript: read.transcript2,
    },
    () => provider.agree(ephemeral, credential.publicKey),
    keys,
  );
  const statement = {
    authentication: peerAuthentication,
    credential,
    transcript: read.transcript2,
    ead: ead2.bytes,
    cR,
  };
  checkProof(context, statement, prk3e2m, read.signatureOrMac2);
  const transcript3 = nextTranscript(schedule, read.transcript2, read.plaintext2, credential.cred);
  return { prk3e2m, transcript3 };
}
