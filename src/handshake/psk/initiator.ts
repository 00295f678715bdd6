// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../../bytes/compare.ts';
import { curveParameters } from '../../crypto/curves.ts';
import { ImplementationLimits } from '../../limits.ts';
import { refuse } from '../../refusal.ts';
import type { Completion } from '../completion.ts';
import { composeMessage1, type SentMessage1, type StartRequest } from '../compose-message-1.ts';
import { type WaitConfirmation, waitConfirmation } from '../confirmation.ts';
import { type CommonOptions, createSuiteContext, type SuiteContext } from '../context.ts';
import type { Party } from '../credential.ts';
import { type Ead, type EadItem, encodeEad } from '../ead.ts';
import { checkConnectionId } from '../identifier.ts';
import { attempt, createKeyring, type Keyring } from '../keyring.ts';
import { decodeMessage2 } from '../message-2.ts';
import { encodeCiphertext } from '../message-3.ts';
import { sealMessage, xorKeystream2 } from '../message-keys.ts';
import { checkVersion, type PreSharedKey, PSK_METHOD, type PskVersion } from './credential.ts';
import {
  agreeEphemeral,
  completePsk,
  type EphemeralSecret,
  mixPsk,
  pskExternalAad,
  pskTranscript3,
  xorKeystream3A,
} from './key-schedule.ts';
import { decodePlaintext2A, encodePlaintext3A } from './messages.ts';

/*
 * The Initiator of EDHOC-PSK. A refused call changes nothing, as with public keys. Nothing is proved before
 * message_4 or a protected reply:
 *
 *   PskInitiator -start-> PskWaitMessage2 -receive-> ReceivedMessage2 -finish-> WaitConfirmation
 */

export interface PskInitiatorOptions extends Omit<CommonOptions, 'suites'> {
  /** The one that is offered: that of the handshake which made the key, or what goes with it. */
  readonly suite: number;
  readonly version: PskVersion;
  readonly psk: PreSharedKey;
}

export type PskStartRequest = Omit<StartRequest, 'suite'>;

export interface PskInitiator {
  /** Makes message_1 with a fresh ephemeral key. */
  start(request: PskStartRequest): PskWaitMessage2;
}

export interface PskWaitMessage2 {
  /** message_1, to be sent and sent again. */
  readonly message: Uint8Array;
  /**
   * Decrypts message_2, which anyone may have made. What an earlier call returned ends, unless it was finished.
   * Refuses with `stateInvalid` a message_2 that was answered (see `answerTo`), and more than a few.
   */
  receive(message2: Uint8Array): ReceivedMessage2;
  close(): void;
}

export interface ReceivedMessage2 {
  /** C_R. As EAD_2, it is not authenticated before message_4. */
  readonly peerConnectionId: Uint8Array;
  readonly ead2: readonly EadItem[];
  /**
   * Makes message_3, once. Whoever made message_2 learns ID_CRED_PSK from it and nothing else. As message_2 may
   * be forged, PskWaitMessage2 goes on waiting for another. Once one of the answers is confirmed its owner closes it.
   */
  finish(ead3?: readonly EadItem[]): WaitConfirmation<Party>;
}

export function createPskInitiator(options: PskInitiatorOptions): PskInitiator {
  checkVersion(options.version);
  const context = createSuiteContext(options, options.suite, PSK_METHOD);
  return { start: (request) => start(context, options.psk, request) };
}

/** One handshake from message_1 to message_3. */
interface Run {
  readonly context: SuiteContext;
  readonly psk: PreSharedKey;
  readonly sent: SentMessage1;
  /** The ephemeral key. */
  readonly keys: Keyring;
  /** The keys of the message_2 received last. */
  claim: Keyring;
  /** Every message_2 that was answered: a second answer would use a key and nonce twice. */
  readonly answered: Uint8Array[];
  ended: boolean;
}

interface Read extends EphemeralSecret {
  readonly message2: Uint8Array;
  readonly transcript3: Uint8Array;
  readonly cR: Uint8Array;
  readonly ead2: Ead;
}

function start(context: SuiteContext, psk: PreSharedKey, request: PskStartRequest): PskWaitMessage2 {
  checkConnectionId(request.connectionId);
  const keys = createKeyring();
  const sent = attempt(keys, (own) => composeMessage1(context, [context.suite.number], request, own));
  return waitMessage2({ context, psk, sent, keys, claim: createKeyring(), answered: [], ended: false });
}

function waitMessage2(run: Run): PskWaitMessage2 {
  return {
    message: run.sent.message1,
    receive(message2) {
      if (run.ended || !isAnswerable(run, message2)) refuse('stateInvalid');
      const claim = createKeyring();
      const read = attempt(claim, (keys) => readMessage2(run, message2.slice(), keys));
      run.claim.wipe();
      run.claim = claim;
      return receivedMessage2(run, claim, read);
    },
    close: () => end(run),
  };
}

function receivedMessage2(run: Run, claim: Keyring, read: Read): ReceivedMessage2 {
  const { context, psk, sent } = run;
  return {
    peerConnectionId: read.cR,
    ead2: read.ead2.items,
    finish(ead3 = []) {
      if (run.ended || run.claim !== claim) refuse('stateInvalid');
      const keys = createKeyring();
      const answer = attempt(keys, (own) => composeMessage3(context, psk, read, encodeEad(ead3), own));
      run.answered.push(read.message2);
      run.claim.wipe();
      run.claim = createKeyring();
      const ids = { senderId: read.cR, recipientId: sent.cI };
      const unconfirmed = { ...answer, ...ids, message2: read.message2, peer: psk.responder };
      return waitConfirmation(context, unconfirmed, keys);
    },
  };
}

function isAnswerable({ answered }: Run, message2: Uint8Array): boolean {
  if (answered.length >= ImplementationLimits.pskMaxAnswers) return false;
  return !answered.some((earlier) => equalBytes(earlier, message2));
}

function readMessage2({ context, sent }: Run, message2: Uint8Array, keys: Keyring): Read {
  const { suite, schedule, knownEad } = context;
  const { gY, ciphertext2 } = decodeMessage2(message2, curveParameters(suite.curve)!.coordinateLength);
  const secret = agreeEphemeral(context, sent.ephemeral, gY, { gY, message1: sent.message1 }, keys);
  const plaintext2A = xorKeystream2(schedule, secret.prk2e, secret.transcript, ciphertext2);
  const fields = decodePlaintext2A(plaintext2A, knownEad);
  if (equalBytes(fields.cR, sent.cI)) refuse('connectionIdInvalid');
  return {
    ...secret,
    ...fields,
    message2,
    transcript3: pskTranscript3(context, secret.transcript, plaintext2A),
  };
}

function composeMessage3(
  context: SuiteContext,
  psk: PreSharedKey,
  { prk2e, transcript3 }: Read,
  plaintext3B: Uint8Array,
  keys: Keyring,
): { message3: Uint8Array; completion: Completion } {
  const spent = createKeyring();
  try {
    const secret = mixPsk(context, prk2e, transcript3, psk, spent);
    const sealed = sealMessage(secret.message3Key, pskExternalAad(psk, transcript3), plaintext3B);
    const plaintext3A = encodePlaintext3A(psk.idCred, sealed);
    const message3 = encodeCiphertext(xorKeystream3A(context, prk2e, transcript3, plaintext3A));
    return { message3, completion: completePsk(context, psk, secret, transcript3, plaintext3B, keys) };
  } finally {
    spent.wipe();
  }
}

function end(run: Run): void {
  run.ended = true;
  run.claim.wipe();
  run.keys.wipe();
}
