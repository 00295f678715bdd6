// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import { refuse } from '../refusal.ts';
import { composeMessage2, type SentMessage2 } from './compose-message-2.ts';
import { checkOptions, createContext, type HandshakeContext, type HandshakeOptions } from './context.ts';
import type { Credential } from './credential.ts';
import { type EadItem, encodeEad } from './ead.ts';
import { checkConnectionId } from './identifier.ts';
import { attempt, createKeyring } from './keyring.ts';
import { decodeMessage1, type Message1 } from './message-1.ts';
import { methodParameters } from './method.ts';
import { type ReadMessage3, readMessage3, verifyMessage3 } from './process-message-3.ts';
import { acceptedSuite, checkEphemeralLength } from './suite.ts';
import {
  endRun,
  type ResponderRun,
  type VerifiedInitiator,
  verifiedInitiator,
} from './verified-initiator.ts';

export type { Answered, VerifiedInitiator } from './verified-initiator.ts';

/*
 * The Responder (RFC 9528 appendix J.2). A refused call changes nothing: the state goes on waiting and still
 * takes the right message.
 *
 *   Responder -receive-> ReceivedMessage1 -respond-> WaitMessage3 -receive-> ClaimedInitiator
 *             -verify-> VerifiedInitiator -answer, conclude-> Answered (Established)
 */

export interface ResponderOptions extends HandshakeOptions {
  /** Accepted methods (RFC 9528 section 3.2). */
  readonly methods: readonly number[];
}

/** Keeps nothing between calls: every half-open handshake is a state that the owner holds, caps and closes. */
export interface Responder {
  /** Reads message_1 without any cryptography. What is refused here is answered by `errorFor`. */
  receive(message1: Uint8Array): ReceivedMessage1;
}

export interface ReceivedMessage1 {
  readonly method: number;
  readonly suite: number;
  /** C_I, under which the Initiator expects records. */
  readonly peerConnectionId: Uint8Array;
  /** Not authenticated before message_3 is verified. */
  readonly ead1: readonly EadItem[];
  /** Makes message_2 with a fresh ephemeral key: the first call that costs cryptography. */
  respond(request: RespondRequest): WaitMessage3;
}

export interface RespondRequest {
  /** C_R, under which this end will expect records. Up to 7 bytes, not C_I. */
  readonly connectionId: Uint8Array;
  readonly ead2?: readonly EadItem[];
}

export interface WaitMessage3 {
  /** message_2. */
  readonly message: Uint8Array;
  /** Returns message_2 where `message` is the message_1 that it answers, else undefined. */
  answerTo(message: Uint8Array): Uint8Array | undefined;
  /** Decrypts message_3. */
  receive(message3: Uint8Array): ClaimedInitiator;
  close(): void;
}

/** A message_3 from whoever answered our message_2. */
export interface ClaimedInitiator {
  /** ID_CRED_I, by which the owner finds the credential. */
  readonly idCred: Uint8Array;
  /** Decrypted, but not yet from anyone in particular. */
  readonly ead3: readonly EadItem[];
  verify(credential: Credential): VerifiedInitiator;
}

/** Refuses options with which a handshake could not be run. */
export function createResponder(options: ResponderOptions): Responder {
  checkOptions(options, 'responder', options.methods);
  return {
    receive(message1) {
      const bytes = message1.slice();
      const message = decodeMessage1(bytes, options.knownEad ?? []);
      const context = acceptedContext(options, message);
      return receivedMessage1(context, bytes, message, message.ead1.items);
    },
  };
}

/** One handshake from message_2 to message_3. */
interface Run extends ResponderRun {
  readonly context: HandshakeContext;
  readonly message1: Uint8Array;
  readonly sent: SentMessage2;
}

function acceptedContext(options: ResponderOptions, { method, suites, gX }: Message1): HandshakeContext {
  if (methodParameters(method) === undefined || !options.methods.includes(method)) {
    refuse('methodNotSupported');
  }
  const context = createContext(options, 'responder', acceptedSuite(suites, options.suites), method);
  checkEphemeralLength(context.suite, gX);
  return context;
}

function receivedMessage1(
  context: HandshakeContext,
  message1: Uint8Array,
  { gX, cI }: Message1,
  ead1: readonly EadItem[],
): ReceivedMessage1 {
  return {
    method: context.method,
    suite: context.suite.number,
    peerConnectionId: cI,
    ead1,
    respond({ connectionId, ead2 = [] }) {
      checkConnectionId(connectionId);
      if (equalBytes(connectionId, cI)) refuse('connectionIdInvalid');
      const cR = connectionId.slice();
      const keys = createKeyring();
      const parts = { message1, gX, cR, ead2: encodeEad(ead2) };
      const sent = attempt(keys, (own) => composeMessage2(context, parts, own));
      return waitMessage3({ context, message1, cI, cR, sent, keys, verified: createKeyring(), ended: false });
    },
  };
}

function waitMessage3(run: Run): WaitMessage3 {
  const { context, message1, sent } = run;
  return {
    message: sent.message2,
    answerTo: (message) => (equalBytes(message, message1) ? sent.message2 : undefined),
    receive(message3) {
      if (run.ended) refuse('stateInvalid');
      const bytes = message3.slice();
      return claimedInitiator(run, bytes, readMessage3(context, sent, bytes));
    },
    close: () => endRun(run),
  };
}

function claimedInitiator(run: Run, message3: Uint8Array, read: ReadMessage3): ClaimedInitiator {
  return {
    idCred: read.idCredI,
    ead3: read.ead3.items,
    verify(peer) {
      if (run.ended) refuse('stateInvalid');
      const keys = createKeyring();
      const completion = attempt(keys, (own) => verifyMessage3(run.context, run.sent, read, peer, own));
      run.verified.wipe();
      run.verified = keys;
      return verifiedInitiator(run, { keys, message3, completion, peer, ead3: read.ead3.items });
    },
  };
}
