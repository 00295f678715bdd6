// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';
import { composeMessage1, type SentMessage1, type StartRequest } from './compose-message-1.ts';
import { composeMessage3 } from './compose-message-3.ts';
import { type WaitConfirmation, waitConfirmation } from './confirmation.ts';
import { checkOptions, createContext, type HandshakeContext, type HandshakeOptions } from './context.ts';
import type { Credential } from './credential.ts';
import { type EadItem, encodeEad } from './ead.ts';
import { checkConnectionId } from './identifier.ts';
import { attempt, createKeyring, type Keyring } from './keyring.ts';
import {
  type ReadMessage2,
  readMessage2,
  type VerifiedMessage2,
  verifyMessage2,
} from './process-message-2.ts';
import { offeredSuites, suiteToRetry } from './suite.ts';

export type { Confirmed, WaitConfirmation } from './confirmation.ts';

/*
 * The Initiator (RFC 9528 appendix J.1). A refused call changes nothing: the state goes on waiting and still
 * takes the right message.
 *
 *   Initiator -start-> WaitMessage2 -receive-> ClaimedResponder -verify-> VerifiedResponder
 *             -finish-> WaitConfirmation -receive, confirm-> Established
 */

export interface InitiatorOptions extends HandshakeOptions {
  /** METHOD (RFC 9528 section 3.2). */
  readonly method: number;
}

export interface Initiator {
  /** Makes message_1 with a fresh ephemeral key. */
  start(request: StartRequest): WaitMessage2;
}

export interface WaitMessage2 {
  /** message_1, to be sent and sent again. */
  readonly message: Uint8Array;
  readonly suite: number;
  /** Decrypts message_2. What an earlier call returned ends: of two claims only the later one counts. */
  receive(message2: Uint8Array): ClaimedResponder;
  /**
   * Returns the handshake to try after error 2. Errors are not authenticated: this one still waits, and it is
   * the owner's to close. Refuses with `suiteNotSupported` where no suite is left.
   */
  retry(suitesR: readonly number[]): WaitMessage2;
  close(): void;
}

/** A message_2 that anyone may have made. */
export interface ClaimedResponder {
  /** ID_CRED_R, by which the owner finds the credential. */
  readonly idCred: Uint8Array;
  /** Not authenticated yet. */
  readonly ead2: readonly EadItem[];
  verify(credential: Credential): VerifiedResponder;
}

/** The Responder has proved that it holds the credential's key, and that it saw our message_1. */
export interface VerifiedResponder {
  readonly peer: Credential;
  /** C_R, under which the Responder expects records. */
  readonly peerConnectionId: Uint8Array;
  readonly ead2: readonly EadItem[];
  /** Makes message_3, once. Ends WaitMessage2. */
  finish(ead3?: readonly EadItem[]): WaitConfirmation;
}

/** Refuses options with which a handshake could not be run. */
export function createInitiator(options: InitiatorOptions): Initiator {
  checkOptions(options, 'initiator', [options.method]);
  return {
    start: (request) => start(options, { ...request, suite: request.suite ?? options.suites[0]! }, []),
  };
}

/** One handshake from message_1 to message_3. */
interface Run {
  readonly context: HandshakeContext;
  readonly sent: SentMessage1;
  /** The ephemeral key. */
  readonly keys: Keyring;
  /** The keys of the message_2 received last. */
  claim: Keyring;
  ended: boolean;
}

function start(
  options: InitiatorOptions,
  request: StartRequest & { suite: number },
  tried: readonly number[],
): WaitMessage2 {
  checkConnectionId(request.connectionId);
  const offered = offeredSuites(options.suites, request.suite);
  const context = createContext(options, 'initiator', request.suite, options.method);
  const keys = createKeyring();
  const sent = attempt(keys, (own) => composeMessage1(context, offered, request, own));
  const run: Run = { context, sent, keys, claim: createKeyring(), ended: false };
  const triedNow = tried.concat(request.suite);
  return waitMessage2(run, (suitesR) =>
    start(options, { ...request, suite: suiteToRetry(options.suites, suitesR, triedNow) }, triedNow),
  );
}

function waitMessage2(run: Run, retry: WaitMessage2['retry']): WaitMessage2 {
  return {
    message: run.sent.message1,
    suite: run.context.suite.number,
    receive(message2) {
      if (run.ended) refuse('stateInvalid');
      const claim = createKeyring();
      const read = attempt(claim, (keys) => readMessage2(run.context, run.sent, message2.slice(), keys));
      run.claim.wipe();
      run.claim = claim;
      return claimedResponder(run, claim, read);
    },
    retry(suitesR) {
      if (run.ended) refuse('stateInvalid');
      return retry(suitesR);
    },
    close: () => end(run),
  };
}

function claimedResponder(run: Run, claim: Keyring, read: ReadMessage2): ClaimedResponder {
  return {
    idCred: read.idCredR,
    ead2: read.ead2.items,
    verify(peer) {
      checkCurrent(run, claim);
      const verified = attempt(claim, (keys) => verifyMessage2(run.context, run.sent, read, peer, keys));
      return verifiedResponder(run, claim, { ...read, ...verified, peer });
    },
  };
}

function verifiedResponder(
  run: Run,
  claim: Keyring,
  verified: ReadMessage2 & VerifiedMessage2 & { peer: Credential },
): VerifiedResponder {
  const { context, sent } = run;
  const { peer, message2, ead2, cR } = verified;
  return {
    peer,
    peerConnectionId: cR,
    ead2: ead2.items,
    finish(ead3 = []) {
      checkCurrent(run, claim);
      const keys = createKeyring();
      const answer = attempt(keys, (own) => composeMessage3(context, verified, encodeEad(ead3), own));
      end(run);
      return waitConfirmation(
        context,
        { ...answer, message2, peer, senderId: cR, recipientId: sent.cI },
        keys,
      );
    },
  };
}

/** Refuses what was claimed before a later message_2, or after the end. */
function checkCurrent(run: Run, claim: Keyring): void {
  if (run.ended || run.claim !== claim) refuse('stateInvalid');
}

function end(run: Run): void {
  run.ended = true;
  run.claim.wipe();
  run.keys.wipe();
}
