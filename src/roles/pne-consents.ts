// SPDX-License-Identifier: Apache-2.0

/**
 * The consent of a PNE that owns something (consent-message.ts), beside its key management: a part of its own, that an
 * image without room leaves out. Its owner hears of each question once while this boot lasts, and answers whenever he
 * does; what he has answered is sent until the server has stored it.
 */
import type { Answer, Openness } from '../authorization/decision.ts';
import { Transmission } from '../delivery/transmission.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { NumberedQuestion } from './consent.ts';
import {
  type ConsentAnswer,
  type ConsentDone,
  ConsentWord,
  decodeConsentToPne,
  encodeConsentAnswer,
  encodeConsentReady,
  isConsentType,
  OPENNESS_WORDS,
} from './consent-message.ts';
import { KeyMessageType } from './key-message.ts';
import { KeyPart } from './key-part.ts';
import type { BoundKeys, KeyHost, PneKeys } from './pne-keys.ts';
import { Status } from './status.ts';

export interface PneConsentsOptions {
  /** Somebody waits for an answer. */
  onQuestion(question: NumberedQuestion): void;
  /**
   * An answer is stored (`ok`), or was refused: it is not this PNE's to answer, or was refused by it before
   * (`notAuthorized`), or nobody waits for it any more (`badRequest`). Number 0: how open its contents are.
   */
  onAnswered(number: number, status: number): void;
  /** Nobody waits for an answer to this any more. */
  onWithdrawn(number: number): void;
}

/** Key management of a PNE, where it has that, with its consent in it. */
export interface PneConsents extends PneKeys {
  /** Those that wait, as far as the server has told. */
  readonly questions: readonly NumberedQuestion[];
  /**
   * Answers a question, or takes back what was consented to. `seconds`: how long it counts; as long as the server says,
   * unless given. Refuses `queueFull` where too many answers are under way.
   */
  answer(number: number, answer: Answer, seconds?: number): void;
  /** How open this PNE's own contents are from now on. */
  setOpenness(openness: Openness): void;
}

export function withConsents(keys: PneKeys | undefined, options: PneConsentsOptions): PneConsents {
  return new Owner(keys ?? NO_KEYS, options);
}

const { pneMaxQuestions, keyMaxRequests } = ImplementationLimits;

class Owner extends KeyPart implements PneConsents {
  private readonly options: PneConsentsOptions;
  private readonly asked = new Map<number, NumberedQuestion>();
  /** The last answer to each number, until it is done. */
  private readonly answers = new Map<number, ConsentAnswer>();
  private saying!: Transmission;
  private serial = 0;
  private requests = 0;
  /** The server knows that it may ask. */
  private isKnown = false;

  constructor(keys: PneKeys, options: PneConsentsOptions) {
    super(keys);
    this.options = options;
  }

  get questions(): readonly NumberedQuestion[] {
    return [...this.asked.values()];
  }

  answer(number: number, answer: Answer, seconds = 0): void {
    if (number === 0) refuse('badArgument');
    this.put(number, answer === 'consented' ? ConsentWord.consented : ConsentWord.refused, seconds);
  }

  setOpenness(openness: Openness): void {
    this.put(0, OPENNESS_WORDS.indexOf(openness), 0);
  }

  override bind(host: KeyHost): BoundKeys {
    this.saying = new Transmission(host.pace, () => this.say());
    return super.bind(host);
  }

  override start(boot: number): void {
    super.start(boot);
    this.isKnown = false;
    this.begin();
  }

  override stop(): void {
    this.saying.stop();
    super.stop();
  }

  override receive(bytes: Uint8Array): void {
    if (!isConsentType(bytes[1]!)) return super.receive(bytes);
    const message = decodeConsentToPne(bytes);
    if (message.type === KeyMessageType.consentDone) this.finish(message);
    else this.take(message);
  }

  private put(number: number, word: number, seconds: number): void {
    if (!this.answers.has(number) && this.answers.size >= pneMaxQuestions) refuse('queueFull');
    this.serial += 1;
    this.answers.set(number, { number, serial: this.serial, word, seconds });
    this.begin();
  }

  private begin(): void {
    this.requests = 0;
    if (this.isReady) this.saying.start();
  }

  /** A server that does not know of it is told again with the next registration. */
  private say(): void {
    this.requests += 1;
    if (this.requests > keyMaxRequests) return this.saying.stop();
    if (!this.isKnown) this.host.send(encodeConsentReady());
    this.answers.forEach((answer) => {
      this.host.send(encodeConsentAnswer(answer));
    });
  }

  private take({ number, operation, subject, target }: NumberedQuestion): void {
    const isNew = !this.asked.has(number);
    if (isNew && this.asked.size >= pneMaxQuestions) refuse('queueFull');
    const question = { number, operation, subject, target };
    this.asked.set(number, question);
    this.host.send(encodeConsentAnswer({ number, serial: 0, word: ConsentWord.here, seconds: 0 }));
    if (isNew) this.options.onQuestion(question);
  }

  private finish({ number, serial, status }: ConsentDone): void {
    if (serial === 0) return this.withdraw(number);
    const answer = this.answers.get(number);
    if (answer?.serial !== serial || status === Status.busy) return;
    this.answers.delete(number);
    this.asked.delete(number);
    this.rest();
    this.options.onAnswered(number, status);
  }

  private withdraw(number: number): void {
    if (number === 0) {
      this.isKnown = true;
      return this.rest();
    }
    if (this.asked.delete(number)) this.options.onWithdrawn(number);
  }

  private rest(): void {
    if (this.isKnown && this.answers.size === 0) this.saying.stop();
  }
}

/** Of a PNE that is in no group. */
const NO_KEYS: PneKeys = Object.freeze<PneKeys>({
  groups: [],
  publish: () => refuse('groupUnknown'),
  join: () => refuse('groupUnknown'),
  leave: () => refuse('groupUnknown'),
  bind: () => ({
    start(): void {},
    stop(): void {},
    receive: () => refuse('messageInvalid'),
    receiveContent: () => refuse('groupUnknown'),
  }),
});
