// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../../bytes/compare.ts';
import { curveParameters } from '../../crypto/curves.ts';
import { refuse } from '../../refusal.ts';
import type { Completion } from '../completion.ts';
import { type CommonOptions, createSuiteContext, type SuiteContext } from '../context.ts';
import type { Party } from '../credential.ts';
import { type Ead, type EadItem, encodeEad } from '../ead.ts';
import { checkConnectionId } from '../identifier.ts';
import { attempt, createKeyring, type Keyring } from '../keyring.ts';
import { decodeMessage1, type Message1 } from '../message-1.ts';
import { encodeMessage2 } from '../message-2.ts';
import { decodeCiphertext } from '../message-3.ts';
import { openMessage, xorKeystream2 } from '../message-keys.ts';
import type { RespondRequest } from '../responder.ts';
import { acceptedSuite, checkEphemeralLength, supportedSuite } from '../suite.ts';
import {
  endRun,
  type ResponderRun,
  type VerifiedInitiator,
  verifiedInitiator,
} from '../verified-initiator.ts';
import { checkVersion, type PreSharedKey, PSK_METHOD, type PskVersion } from './credential.ts';
import {
  agreeEphemeral,
  completePsk,
  mixPsk,
  pskExternalAad,
  pskTranscript3,
  xorKeystream3A,
} from './key-schedule.ts';
import { decodePlaintext3A, decodePlaintext3B, encodePlaintext2A } from './messages.ts';

/*
 * The Responder of EDHOC-PSK. A refused call changes nothing, as with public keys:
 *
 *   PskResponder -receive-> PskReceivedMessage1 -respond-> PskWaitMessage3 -receive-> ClaimedKey
 *                -verify-> VerifiedInitiator -answer, conclude-> Answered (Established)
 */

export interface PskResponderOptions extends CommonOptions {
  readonly version: PskVersion;
}

export interface PskResponder {
  /** Reads message_1 without any cryptography. What is refused here is answered by `errorFor`. */
  receive(message1: Uint8Array): PskReceivedMessage1;
}

export interface PskReceivedMessage1 {
  readonly suite: number;
  readonly peerConnectionId: Uint8Array;
  /** Not authenticated before message_3 is verified. */
  readonly ead1: readonly EadItem[];
  /** Makes message_2 with a fresh ephemeral key. */
  respond(request: RespondRequest): PskWaitMessage3;
}

export interface PskWaitMessage3 {
  /** message_2. */
  readonly message: Uint8Array;
  /** Returns message_2 where `message` is the message_1 that it answers, else undefined. */
  answerTo(message: Uint8Array): Uint8Array | undefined;
  /** Uncovers which key message_3 refers to. */
  receive(message3: Uint8Array): ClaimedKey;
  close(): void;
}

/** A message_3 that anyone who answered our message_2 may have made. */
export interface ClaimedKey {
  /** ID_CRED_PSK, by which the owner finds the key. */
  readonly idCred: Uint8Array;
  /** Refuses with `decryptionFailure` a message_3 that was not made with the key. */
  verify(psk: PreSharedKey): VerifiedInitiator<Party>;
}

export function createPskResponder(options: PskResponderOptions): PskResponder {
  checkVersion(options.version);
  if (options.suites.length === 0) refuse('badArgument');
  for (const number of options.suites) supportedSuite(options.provider, number);
  return {
    receive(message1) {
      const bytes = message1.slice();
      const message = decodeMessage1(bytes, options.knownEad ?? []);
      if (message.method !== PSK_METHOD) refuse('methodNotSupported');
      const number = acceptedSuite(message.suites, options.suites);
      const context = createSuiteContext(options, number, PSK_METHOD);
      checkEphemeralLength(context.suite, message.gX);
      return receivedMessage1(context, bytes, message, message.ead1.items);
    },
  };
}

/** One handshake from message_2 to message_3. */
interface Run extends ResponderRun {
  readonly message1: Uint8Array;
  readonly sent: SentMessage2;
}

interface SentMessage2 {
  readonly message2: Uint8Array;
  /** PRK_2e, which is PRK_3e2m. */
  readonly prk3e2m: EphemeralPrk;
  readonly transcript3: Uint8Array;
}

type EphemeralPrk = ReturnType<typeof agreeEphemeral>['prk2e'];

function receivedMessage1(
  context: SuiteContext,
  message1: Uint8Array,
  { gX, cI }: Message1,
  ead1: readonly EadItem[],
): PskReceivedMessage1 {
  return {
    suite: context.suite.number,
    peerConnectionId: cI,
    ead1,
    respond({ connectionId, ead2 = [] }) {
      checkConnectionId(connectionId);
      if (equalBytes(connectionId, cI)) refuse('connectionIdInvalid');
      const cR = connectionId.slice();
      const keys = createKeyring();
      const plaintext2A = encodePlaintext2A(cR, encodeEad(ead2));
      const sent = attempt(keys, (own) => composeMessage2(context, message1, gX, plaintext2A, own));
      return waitMessage3({ context, message1, cI, cR, sent, keys, verified: createKeyring(), ended: false });
    },
  };
}

function composeMessage2(
  context: SuiteContext,
  message1: Uint8Array,
  gX: Uint8Array,
  plaintext2A: Uint8Array,
  keys: Keyring,
): SentMessage2 {
  const { provider, suite, schedule } = context;
  const ephemeral = provider.generateKey(suite.curve);
  try {
    const gY = ephemeral.publicKey.subarray(0, curveParameters(suite.curve)!.coordinateLength);
    const { prk2e, transcript } = agreeEphemeral(context, ephemeral, gX, { gY, message1 }, keys);
    const message2 = encodeMessage2({
      gY,
      ciphertext2: xorKeystream2(schedule, prk2e, transcript, plaintext2A),
    });
    return { message2, prk3e2m: prk2e, transcript3: pskTranscript3(context, transcript, plaintext2A) };
  } finally {
    ephemeral.wipe();
  }
}

function waitMessage3(run: Run): PskWaitMessage3 {
  const { context, message1, sent } = run;
  return {
    message: sent.message2,
    answerTo: (message) => (equalBytes(message, message1) ? sent.message2 : undefined),
    receive(message3) {
      if (run.ended) refuse('stateInvalid');
      const bytes = message3.slice();
      const { prk3e2m, transcript3 } = sent;
      const plaintext3A = xorKeystream3A(context, prk3e2m, transcript3, decodeCiphertext(bytes));
      return claimedKey(run, bytes, decodePlaintext3A(plaintext3A));
    },
    close: () => endRun(run),
  };
}

function claimedKey(
  run: Run,
  message3: Uint8Array,
  { idCred, ciphertext3B }: ReturnType<typeof decodePlaintext3A>,
): ClaimedKey {
  return {
    idCred,
    verify(psk) {
      if (run.ended) refuse('stateInvalid');
      if (!equalBytes(psk.idCred, idCred)) refuse('credentialInvalid');
      const keys = createKeyring();
      const { ead3, completion } = attempt(keys, (own) => verifyMessage3(run, psk, ciphertext3B, own));
      run.verified.wipe();
      run.verified = keys;
      const verified = { keys, message3, completion, peer: psk.initiator, ead3: ead3.items };
      return verifiedInitiator(run, verified);
    },
  };
}

function verifyMessage3(
  { context, sent }: Run,
  psk: PreSharedKey,
  ciphertext3B: Uint8Array,
  keys: Keyring,
): { ead3: Ead; completion: Completion } {
  const { prk3e2m, transcript3 } = sent;
  const spent = createKeyring();
  try {
    const secret = mixPsk(context, prk3e2m, transcript3, psk, spent);
    const plaintext3B = openMessage(secret.message3Key, pskExternalAad(psk, transcript3), ciphertext3B);
    const ead3 = decodePlaintext3B(plaintext3B, context.knownEad);
    return { ead3, completion: completePsk(context, psk, secret, transcript3, plaintext3B, keys) };
  } finally {
    spent.wipe();
  }
}
