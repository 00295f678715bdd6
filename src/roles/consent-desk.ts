// SPDX-License-Identifier: Apache-2.0

/**
 * The server's end of consent-message.ts: a PNE that has said that it may be asked is told what waits for it, each until
 * it has it, of each subject one at a time. What it answers is stored before it is confirmed.
 */
import type { Answer, Openness } from '../authorization/decision.ts';
import { Transmission } from '../delivery/transmission.ts';
import { ImplementationLimits } from '../limits.ts';
import type { After } from '../link/timer.ts';
import { refuse } from '../refusal.ts';
import type { NumberedQuestion } from './consent.ts';
import {
  type ConsentAnswer,
  ConsentWord,
  decodeConsentToServer,
  encodeConsentDone,
  encodeConsentRequest,
  OPENNESS_WORDS,
} from './consent-message.ts';
import type { Agreement } from './interface.ts';
import { Status, type StatusCode } from './status.ts';

/** Where questions to owners and their answers are kept. `done` is called once it is stored, with `busy` where it is not. */
export interface OwnerConsents {
  /** What waits for an answer of this PNE, the oldest first. */
  waitingFor(owner: string): readonly NumberedQuestion[];
  /** `seconds`: how long it counts; 0: as long as the keeper says. */
  answer(
    owner: string,
    number: number,
    answer: Answer,
    seconds: number,
    done: (status: StatusCode) => void,
  ): void;
  /** How open a PNE's contents are, by the boot and the number of the message that says so. */
  setOpenness(
    pneId: string,
    openness: Openness,
    boot: number,
    serial: number,
    done: (status: StatusCode) => void,
  ): void;
}

export interface ConsentDeskOptions {
  readonly consents: OwnerConsents;
  readonly after: After;
  random(): number;
  send(pneId: string, agreement: Agreement, message: Uint8Array): void;
  /** Whether a PNE may say anything. */
  permits(pneId: string): boolean;
}

/** One PNE that may be asked, in the session in which it has said so. */
interface Owner {
  readonly pneId: string;
  readonly agreement: Agreement;
  readonly pace: { readonly after: After; random(): number; heard: number };
  /** What it was told, and whether it has said that it is there. */
  readonly told: Map<number, { readonly transmission: Transmission; readonly subject: string }>;
}

const { pneMaxQuestions, keyMaxRequests } = ImplementationLimits;

export class ConsentDesk {
  private readonly options: ConsentDeskOptions;
  private readonly owners = new Map<string, Owner>();
  /** PNEs of which an answer is being stored. */
  private readonly storing = new Set<string>();

  constructor(options: ConsentDeskOptions) {
    this.options = options;
  }

  /** A message of a PNE that is registered in this session and boot. Refuses what it cannot take. */
  receive(pneId: string, agreement: Agreement, boot: number, bytes: Uint8Array): void {
    if (!this.options.permits(pneId)) refuse('notAuthorized');
    const answer = decodeConsentToServer(bytes);
    if (answer === undefined) return this.welcome(pneId, agreement);
    const owner = this.owners.get(pneId);
    if (owner !== undefined) owner.pace.heard += 1;
    if (answer.serial === 0) owner?.told.get(answer.number)?.transmission.stop();
    else this.store(pneId, agreement, boot, answer);
  }

  /** Questions, answers or grants have changed. */
  refresh(): void {
    for (const owner of this.owners.values()) this.tell(owner);
  }

  /** It is gone, or its session. */
  expel(pneId: string): void {
    for (const { transmission } of this.owners.get(pneId)?.told.values() ?? []) transmission.stop();
    this.owners.delete(pneId);
  }

  /** It may have come by another link, or have lost what it was told. */
  private welcome(pneId: string, agreement: Agreement): void {
    this.expel(pneId);
    const { after, random } = this.options;
    const owner: Owner = { pneId, agreement, pace: { after, random, heard: 0 }, told: new Map() };
    this.owners.set(pneId, owner);
    this.done(pneId, agreement, { number: 0, serial: 0 }, Status.ok);
    this.tell(owner);
  }

  private tell(owner: Owner): void {
    const { pneId, told } = owner;
    const waiting = this.options.permits(pneId) ? this.options.consents.waitingFor(pneId) : [];
    const numbers = new Set(waiting.map(({ number }) => number));
    for (const [number, { transmission }] of told) {
      if (numbers.has(number)) continue;
      transmission.stop();
      told.delete(number);
      this.done(pneId, owner.agreement, { number, serial: 0 }, Status.ok);
    }
    for (const question of waiting) {
      const isBusy = [...told.values()].some(({ subject }) => subject === question.subject);
      if (told.size < pneMaxQuestions && !isBusy) this.ask(owner, question);
    }
  }

  /** One that does not say that it has it is asked again when it has registered anew. */
  private ask({ pneId, agreement, pace, told }: Owner, question: NumberedQuestion): void {
    const message = encodeConsentRequest(question);
    let requests = 0;
    const transmission: Transmission = new Transmission(pace, () => {
      requests += 1;
      if (requests > keyMaxRequests) transmission.stop();
      else this.options.send(pneId, agreement, message);
    });
    told.set(question.number, { transmission, subject: question.subject });
    transmission.start();
  }

  /** One at a time: it sends again what is not confirmed. */
  private store(pneId: string, agreement: Agreement, boot: number, answer: ConsentAnswer): void {
    const { number, serial, word, seconds } = answer;
    if (number > 0 && word > ConsentWord.consented) refuse('messageInvalid');
    if (this.storing.has(pneId)) return;
    this.storing.add(pneId);
    const done = (status: StatusCode) => {
      this.storing.delete(pneId);
      if (status !== Status.busy) this.settle(pneId, number);
      this.done(pneId, agreement, answer, status);
      this.refresh();
    };
    const { consents } = this.options;
    if (number === 0) return consents.setOpenness(pneId, OPENNESS_WORDS[word]!, boot, serial, done);
    const given = word === ConsentWord.consented ? 'consented' : 'refused';
    consents.answer(pneId, number, given, seconds, done);
  }

  /** What was answered needs no word that nobody has to answer it. */
  private settle(pneId: string, number: number): void {
    const told = this.owners.get(pneId)?.told;
    told?.get(number)?.transmission.stop();
    told?.delete(number);
  }

  private done(
    pneId: string,
    agreement: Agreement,
    { number, serial }: Pick<ConsentAnswer, 'number' | 'serial'>,
    status: StatusCode,
  ): void {
    this.options.send(pneId, agreement, encodeConsentDone({ number, serial, status }));
  }
}
