// SPDX-License-Identifier: Apache-2.0

/**
 * The Initiator's end of an interface: runs the handshake with the negotiation in its EAD items, sends
 * again what has no answer, and ends in an agreement. What others inject is refused and changes nothing.
 */
import type { WaitConfirmation } from '../handshake/confirmation.ts';
import { decodeError, isError } from '../handshake/error-message.ts';
import type { Established } from '../handshake/established.ts';
import { createInitiator, type WaitMessage2 } from '../handshake/initiator.ts';
import { waitMs } from '../handshake/retransmission.ts';
import type { Attestation } from '../link/attestation.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { negotiationItem, negotiationValue } from '../negotiation/ead.ts';
import { acceptAnswer, createOffer } from '../negotiation/exchange.ts';
import type { Side } from '../negotiation/policy.ts';
import type { Choice } from '../negotiation/select.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { firstVerified } from './first-verified.ts';
import { type Agreement, handshakeOptions, type InterfaceOptions, sideOf, verifyPeer } from './interface.ts';
import { checkCarried, openChannel, type SecureChannel } from './secure-channel.ts';

export interface InitiationOptions {
  readonly own: InterfaceOptions;
  readonly after: After;
  /** What the link that reaches from end to end shows now. */
  attestation(): Attestation;
  send(message: Uint8Array): void;
  onAgreed(agreement: Agreement): void;
  /** The peer did not answer to the last repetition, or this end cannot make the session. */
  onFailed(): void;
  /** A message was refused; the handshake goes on. */
  onRefused(reason: ReasonName): void;
}

export interface Initiation {
  /** Takes a message of the Responder, borrowed for the call. */
  receive(message: Uint8Array): void;
  /** Ends it and wipes its keys. Safe to call twice. */
  stop(): void;
}

/** Under which this end expects records. An interface has a link to itself, so one will do. */
const CONNECTION_ID = Uint8Array.of(0);

/** A message_1 that waits for its answer. */
interface Attempt {
  readonly wait: WaitMessage2;
  readonly method: number;
}

/** A message_3 that waits for message_4. */
interface Closing {
  readonly confirmation: WaitConfirmation;
  readonly choice: Choice;
  readonly handshakeBytes: number;
}

/** Sends message_1. Refuses what `createOffer` refuses: the policy leaves nothing to offer. */
export function initiate(options: InitiationOptions): Initiation {
  const { own } = options;
  const offer = createOffer(side());
  const attempts: Attempt[] = [];
  let closing: Closing | undefined;
  let ended = false;
  let transmissions = 0;
  let timer: RunningTimer | undefined;

  startWith(offer.methods[0]!);
  return { receive, stop };

  function startWith(method: number): void {
    const initiator = createInitiator({ ...handshakeOptions(own), method });
    const ead1 = [negotiationItem(offer.bytes)];
    addAttempt({ wait: initiator.start({ connectionId: CONNECTION_ID, ead1 }), method });
  }

  function addAttempt(attempt: Attempt): void {
    attempts.push(attempt);
    transmissions = 0;
    transmit([attempt.wait.message]);
  }

  /** What has no answer yet. An error may be forged, so an attempt that it names is sent again, too. */
  function unanswered(): readonly Uint8Array[] {
    return closing === undefined ? attempts.map(({ wait }) => wait.message) : [closing.confirmation.message];
  }

  function transmit(messages: readonly Uint8Array[]): void {
    timer?.cancel();
    transmissions += 1;
    const wait = waitMs(transmissions, jitter());
    if (wait === undefined) {
      stop();
      return options.onFailed();
    }
    timer = options.after(wait, () => transmit(unanswered()));
    for (const message of messages) options.send(message);
  }

  function side(): Side {
    return sideOf(own, options.attestation());
  }

  function jitter(): number {
    const byte = new Uint8Array(1);
    own.provider.fillRandom(byte);
    return byte[0]! / 255;
  }

  function receive(message: Uint8Array): void {
    if (ended) return;
    try {
      if (closing !== undefined) receiveMessage4(closing, message);
      else if (isError(message)) receiveError(message);
      else receiveMessage2(message);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      options.onRefused(error.reasonName);
    }
  }

  /** Nobody signs an error: it may start another attempt, each suite and method once, and end none. */
  function receiveError(message: Uint8Array): void {
    const error = decodeError(message);
    const latest = attempts[attempts.length - 1]!;
    if (error.code === 2) return addAttempt({ ...latest, wait: latest.wait.retry(error.suitesR) });
    if (error.code !== 1) refuse('peerRefused');
    const next = offer.methods[offer.methods.indexOf(latest.method) + 1];
    if (error.diagnostic === 'methodNotPreferred' && next !== undefined) return startWith(next);
    refuse(error.diagnostic === 'refused' ? 'peerRefused' : 'mechanismNotSupported');
  }

  /** The answer may be to any attempt that is still waiting. */
  function receiveMessage2(message: Uint8Array): void {
    finish(firstVerified(attempts, (attempt) => answer(attempt, message), 'stateInvalid'));
  }

  /** Verifies message_2 and makes message_3. */
  function answer({ wait, method }: Attempt, message2: Uint8Array): Closing {
    const verified = verifyPeer(own, wait.receive(message2));
    const { choice, echo } = acceptAnswer(negotiationValue(verified.ead2), offer, side(), method);
    checkCarried(verified.peerConnectionId, choice);
    const confirmation = verified.finish([negotiationItem(echo)]);
    const handshakeBytes = wait.message.length + message2.length + confirmation.message.length;
    return { confirmation, choice, handshakeBytes };
  }

  function finish(answered: Closing): void {
    for (const attempt of attempts) attempt.wait.close();
    closing = answered;
    transmissions = 0;
    transmit(unanswered());
  }

  function receiveMessage4({ confirmation, choice, handshakeBytes }: Closing, message: Uint8Array): void {
    const repeated = confirmation.answerTo(message);
    if (repeated !== undefined) return options.send(repeated);
    const { established } = confirmation.receive(message);
    stop();
    const channel = open(established, choice);
    const { method, suite, peer } = established;
    options.onAgreed({
      name: own.name,
      peer,
      method,
      suite,
      choice,
      linkKind: options.attestation().kind,
      handshakeMessages: 4,
      handshakeBytes: handshakeBytes + message.length,
      connectionId: CONNECTION_ID,
      channel,
    });
  }

  /** The Responder has its session by now: where there is none here only another handshake helps. */
  function open(established: Established, choice: Choice): SecureChannel {
    try {
      return openChannel(established, choice, 'initiator', own.renewAfter);
    } catch (error) {
      options.onFailed();
      throw error;
    }
  }

  function stop(): void {
    if (ended) return;
    ended = true;
    timer?.cancel();
    for (const attempt of attempts) attempt.wait.close();
    closing?.confirmation.close();
  }
}
