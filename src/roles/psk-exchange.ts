// SPDX-License-Identifier: Apache-2.0

/**
 * The Initiator's end of one handshake by a pre-shared key: sends again what has no answer, and ends with message_4.
 * Until then any message_2 may be forged: each is answered, few in all, and the one that is confirmed counts.
 */
import type { WaitConfirmation } from '../handshake/confirmation.ts';
import type { Party } from '../handshake/credential.ts';
import type { EadItem } from '../handshake/ead.ts';
import { isError } from '../handshake/error-message.ts';
import type { Established } from '../handshake/established.ts';
import type { PskInitiator, PskWaitMessage2, ReceivedMessage2 } from '../handshake/psk/initiator.ts';
import { waitMs } from '../handshake/retransmission.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { type ReasonName, Refusal } from '../refusal.ts';

export interface PskExchangeOptions<Answer> {
  readonly initiator: PskInitiator;
  readonly connectionId: Uint8Array;
  readonly ead1: readonly EadItem[];
  /** How often a message is sent before this end gives up. */
  readonly maxTransmissions: number;
  readonly after: After;
  jitter(): number;
  /** What is said in message_3 to a message_2. Refuses one that is not to be answered. */
  answer(message2: ReceivedMessage2): { readonly ead3: readonly EadItem[]; readonly answer: Answer };
  send(message: Uint8Array): void;
  onConfirmed(confirmed: Confirmed<Answer>): void;
  /** It has ended: nobody answered, or an error came, which anybody may have sent. */
  onFailed(): void;
  onRefused(reason: ReasonName): void;
}

export interface Confirmed<Answer> {
  readonly established: Established<Party>;
  readonly ead4: readonly EadItem[];
  readonly answer: Answer;
  /** Of all four messages. */
  readonly handshakeBytes: number;
}

interface Answered<Answer> {
  readonly confirmation: WaitConfirmation<Party>;
  readonly answer: Answer;
  readonly handshakeBytes: number;
}

export class PskExchange<Answer> {
  private readonly options: PskExchangeOptions<Answer>;
  private readonly wait: PskWaitMessage2;
  private readonly answers: Answered<Answer>[] = [];
  private ended = false;
  private transmissions = 0;
  private timer: RunningTimer | undefined;

  /** Sends message_1. */
  constructor(options: PskExchangeOptions<Answer>) {
    this.options = options;
    this.wait = options.initiator.start(options);
    this.transmit();
  }

  /** Takes a message of the Responder, borrowed for the call. */
  receive(message: Uint8Array): void {
    if (this.ended) return;
    try {
      if (isError(message)) this.fail();
      else this.take(message);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.onRefused(error.reasonName);
    }
  }

  /** Ends it and wipes its keys. Safe to call twice. */
  stop(): void {
    this.ended = true;
    this.timer?.cancel();
    this.wait.close();
    for (const { confirmation } of this.answers) confirmation.close();
  }

  /** The last answer, or message_1 where there is none. */
  private transmit(): void {
    this.timer?.cancel();
    this.transmissions += 1;
    const { maxTransmissions, after, jitter, send } = this.options;
    const delay = waitMs(this.transmissions, jitter());
    if (delay === undefined || this.transmissions > maxTransmissions) return this.fail();
    this.timer = after(delay, () => this.transmit());
    const latest = this.answers[this.answers.length - 1]?.confirmation;
    send((latest ?? this.wait).message);
  }

  private fail(): void {
    this.stop();
    this.options.onFailed();
  }

  private take(message: Uint8Array): void {
    for (const { confirmation } of this.answers) {
      const repeated = confirmation.answerTo(message);
      if (repeated !== undefined) return this.options.send(repeated);
    }
    const confirmed = this.confirmedBy(message);
    if (confirmed === undefined) return this.answerTo(message);
    this.stop();
    this.options.onConfirmed(confirmed);
  }

  /** What a message_4 confirms; undefined where `message` is none. */
  private confirmedBy(message: Uint8Array): Confirmed<Answer> | undefined {
    for (const { confirmation, answer, handshakeBytes } of this.answers) {
      try {
        const { established, content } = confirmation.receive(message);
        return { established, ead4: content, answer, handshakeBytes: handshakeBytes + message.length };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
    return undefined;
  }

  private answerTo(message: Uint8Array): void {
    const received = this.wait.receive(message);
    const { ead3, answer } = this.options.answer(received);
    const confirmation = received.finish(ead3);
    const handshakeBytes = this.wait.message.length + message.length + confirmation.message.length;
    this.answers.push({ confirmation, answer, handshakeBytes });
    this.transmissions = 0;
    this.transmit();
  }
}
