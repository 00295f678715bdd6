// SPDX-License-Identifier: Apache-2.0

/**
 * The Initiator's end of an interface: runs the handshake with the negotiation in its EAD items, sends
 * again what has no answer, and ends in an agreement. What others inject is refused and changes nothing. Where an
 * earlier handshake left a key it resumes by that, and runs public keys where that does not come to an agreement.
 */
import { grantItems } from '../authorization/ead.ts';
import type { WaitConfirmation } from '../handshake/confirmation.ts';
import { decodeError, isError } from '../handshake/error-message.ts';
import { createInitiator, type WaitMessage2 } from '../handshake/initiator.ts';
import { waitMs } from '../handshake/retransmission.ts';
import type { RunningTimer } from '../link/timer.ts';
import { negotiationItem, negotiationValue } from '../negotiation/ead.ts';
import { acceptAnswer, createOffer, type SentOffer } from '../negotiation/exchange.ts';
import type { Side } from '../negotiation/policy.ts';
import type { Choice } from '../negotiation/select.ts';
import { Refusal, refuse } from '../refusal.ts';
import { firstVerified } from './first-verified.ts';
import type { Initiation, InitiationOptions } from './initiation-options.ts';
import { agree } from './initiator-agreement.ts';
import { handshakeOptions, jitterOf, sideOf, verifyPeer } from './interface.ts';
import { resume } from './resuming.ts';
import { checkCarried } from './secure-channel.ts';

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
  return resume(options, CONNECTION_ID, () => startPublic(options)) ?? startPublic(options);
}

function startPublic(options: InitiationOptions): Initiation {
  const initiator = new InitiatorEnd(options);
  initiator.start();
  return initiator;
}

class InitiatorEnd implements Initiation {
  private readonly options: InitiationOptions;
  private readonly offer: SentOffer;
  private readonly jitter: () => number;
  private readonly attempts: Attempt[] = [];
  private closing: Closing | undefined;
  private ended = false;
  private transmissions = 0;
  private timer: RunningTimer | undefined;

  constructor(options: InitiationOptions) {
    this.options = options;
    this.offer = createOffer(this.side());
    this.jitter = jitterOf(options.own);
  }

  start(): void {
    this.startWith(this.offer.methods[0]!);
  }

  private startWith(method: number): void {
    const initiator = createInitiator({ ...handshakeOptions(this.options.own), method });
    const ead1 = [negotiationItem(this.offer.bytes)];
    this.addAttempt({ wait: initiator.start({ connectionId: CONNECTION_ID, ead1 }), method });
  }

  private addAttempt(attempt: Attempt): void {
    this.attempts.push(attempt);
    this.transmissions = 0;
    this.transmit([attempt.wait.message]);
  }

  /** What has no answer yet. An error may be forged, so an attempt that it names is sent again, too. */
  private unanswered(): readonly Uint8Array[] {
    return this.closing === undefined
      ? this.attempts.map(({ wait }) => wait.message)
      : [this.closing.confirmation.message];
  }

  private transmit(messages: readonly Uint8Array[]): void {
    this.timer?.cancel();
    this.transmissions += 1;
    const wait = waitMs(this.transmissions, this.jitter());
    if (wait === undefined) {
      this.stop();
      return this.options.onFailed();
    }
    this.timer = this.options.after(wait, () => this.transmit(this.unanswered()));
    for (const message of messages) this.options.send(message);
  }

  private side(): Side {
    return sideOf(this.options.own, this.options.attestation());
  }

  receive(message: Uint8Array): void {
    if (this.ended) return;
    try {
      if (this.closing !== undefined) this.receiveMessage4(this.closing, message);
      else if (isError(message)) this.receiveError(message);
      else this.receiveMessage2(message);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.onRefused(error.reasonName);
    }
  }

  /** Nobody signs an error: it may start another attempt, each suite and method once, and end none. */
  private receiveError(message: Uint8Array): void {
    const error = decodeError(message);
    const latest = this.attempts[this.attempts.length - 1]!;
    if (error.code === 2) return this.addAttempt({ ...latest, wait: latest.wait.retry(error.suitesR) });
    if (error.code !== 1) refuse('peerRefused');
    const next = this.offer.methods[this.offer.methods.indexOf(latest.method) + 1];
    if (error.diagnostic === 'methodNotPreferred' && next !== undefined) return this.startWith(next);
    refuse(error.diagnostic === 'refused' ? 'peerRefused' : 'mechanismNotSupported');
  }

  /** The answer may be to any attempt that is still waiting. */
  private receiveMessage2(message: Uint8Array): void {
    this.finish(firstVerified(this.attempts, (attempt) => this.answer(attempt, message), 'stateInvalid'));
  }

  /** Verifies message_2 and makes message_3. */
  private answer({ wait, method }: Attempt, message2: Uint8Array): Closing {
    const verified = verifyPeer(this.options.own, wait.receive(message2));
    const { choice, echo } = acceptAnswer(negotiationValue(verified.ead2), this.offer, this.side(), method);
    checkCarried(verified.peerConnectionId, choice);
    const confirmation = verified.finish([negotiationItem(echo), ...grantItems(this.options.own.grant?.())]);
    const handshakeBytes = wait.message.length + message2.length + confirmation.message.length;
    return { confirmation, choice, handshakeBytes };
  }

  private finish(answered: Closing): void {
    for (const attempt of this.attempts) attempt.wait.close();
    this.closing = answered;
    this.transmissions = 0;
    this.transmit(this.unanswered());
  }

  private receiveMessage4({ confirmation, choice, handshakeBytes }: Closing, message: Uint8Array): void {
    const repeated = confirmation.answerTo(message);
    if (repeated !== undefined) return this.options.send(repeated);
    if (isError(message)) refuse('peerRefused');
    const { established } = confirmation.receive(message);
    this.stop();
    const bytes = handshakeBytes + message.length;
    const { peer } = established;
    agree(this.options, { established, peer, choice, handshakeBytes: bytes, connectionId: CONNECTION_ID });
  }

  stop(): void {
    if (this.ended) return;
    this.ended = true;
    this.timer?.cancel();
    for (const attempt of this.attempts) attempt.wait.close();
    this.closing?.confirmation.close();
  }
}
