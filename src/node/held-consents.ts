// SPDX-License-Identifier: Apache-2.0

/**
 * What owners have answered, as a server or a gateway that runs decides by it. Another process may change it: whoever has
 * it open learns of that.
 */
import { ADMINISTRATOR, type Answer, type Context, type Openness } from '../authorization/decision.ts';
import { fromHex } from '../bytes/hex.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import type { BridgeConsents } from '../roles/bridge-consents.ts';
import type { AskedOperation, NumberedQuestion, Question } from '../roles/consent.ts';
import type { OwnerConsents } from '../roles/consent-desk.ts';
import { Status, type StatusCode } from '../roles/status.ts';
import { type Answered, answerQuestion, disclosureIn, setOwnOpenness } from './consent-changes.ts';
import {
  CONSENTS_EDITION,
  type Consent,
  type Consents,
  disclosureName,
  nameOf,
  readConsents,
} from './consents.ts';
import { QuestionQueue } from './question-queue.ts';
import { type Following, follow } from './store/following.ts';
import type { Expectation, KeyValueStore } from './store/store.ts';
import { after as nodeAfter } from './timer.ts';

export interface HeldConsentsOptions {
  readonly store: KeyValueStore;
  /** Seconds since 1970. */
  now(): number;
  readonly after?: After;
  /** A question waits that did not before, for this owner. */
  onAsked(question: Consent, owner: string): void;
  /** Something may be otherwise than it was. */
  onChanged(): void;
  /** It cannot be read or stored: it stays as it was. */
  onFailed(error: Error): void;
}

/** While nothing was said of anything. */
const OPEN_TO_GRANTS: Context = Object.freeze({ openness: 'open', owner: ADMINISTRATOR });

const STATUSES: Readonly<Record<Answered, StatusCode>> = Object.freeze({
  answered: Status.ok,
  unknown: Status.badRequest,
  foreign: Status.notAuthorized,
  final: Status.notAuthorized,
});

export async function openConsents(options: HeldConsentsOptions): Promise<HeldConsents> {
  const held = new HeldConsents(options);
  await held.open();
  return held;
}

export class HeldConsents implements OwnerConsents, BridgeConsents {
  private readonly options: HeldConsentsOptions;
  private held: Consents = { rows: new Map(), disclosures: new Map(), versions: new Map(), highest: 0 };
  /** What waits, by who is to answer. */
  private byOwner: ReadonlyMap<string, readonly Consent[]> = new Map();
  private following: Following | undefined;
  private readonly queue: QuestionQueue;
  private timer: RunningTimer | undefined;
  private isClosed = false;

  constructor(options: HeldConsentsOptions) {
    this.options = options;
    this.queue = new QuestionQueue({ ...options, onStored: () => this.following!.again() });
  }

  async open(): Promise<void> {
    const { store, onFailed, after } = this.options;
    const read = (isFirst: boolean) => this.read(isFirst);
    const timing = after === undefined ? {} : { after };
    this.following = await follow({ store, edition: CONSENTS_EDITION, read, onFailed, ...timing });
    this.watchTime();
  }

  /** How a decision sees it. */
  contextOf(question: Question): Context {
    if (this.held.disclosures.size === 0) return OPEN_TO_GRANTS;
    const { openness, owner } = disclosureIn(this.held, question);
    const known = this.valid(question);
    const answer = known === undefined || known.state === 'asked' ? undefined : known.state;
    return answer === undefined ? { openness, owner } : { openness, owner, answer };
  }

  /** What has to be so still where something is stored that was decided so, about this and for these. */
  expectations(operation: AskedOperation, target: string, subjects: readonly string[]): Expectation[] {
    const names = [disclosureName(operation, target)];
    if (disclosureIn(this.held, { operation, target }).openness === 'ask')
      names.push(...subjects.map((subject) => nameOf({ operation, subject, target })));
    return names.map((name) => ({ key: fromHex(name), version: this.held.versions.get(name) }));
  }

  /** Those that wait, the oldest first, with who is to answer. */
  get waiting(): readonly { readonly question: Consent; readonly owner: string }[] {
    const now = this.options.now();
    return [...this.held.rows.values()]
      .filter(({ state, until }) => state === 'asked' && until > now)
      .sort((a, b) => a.number - b.number)
      .map((question) => ({ question, owner: disclosureIn(this.held, question).owner }));
  }

  /** Asks the owner, where that has not been done and there is room. */
  ask(question: Question): void {
    if (this.valid(question) === undefined) this.queue.add(question);
  }

  /** The same of what has this owner, as is said elsewhere. */
  askOwner(question: Question, owner: string): void {
    const isHis = disclosureIn(this.held, question).owner === owner;
    if (!isHis || this.valid(question) === undefined) this.queue.add(question, owner);
  }

  /** How long what is asked or answered counts still. */
  secondsFor(question: Question): number {
    const { until } = this.valid(question) ?? { until: 0 };
    return Math.max(0, until - this.options.now());
  }

  /** What was asked and is not over, answered or not. */
  of(operation: AskedOperation, target: string): Consent[] {
    const now = this.options.now();
    return [...this.held.rows.values()].filter(
      (each) => each.operation === operation && each.target === target && each.until > now,
    );
  }

  waitingFor(owner: string): readonly NumberedQuestion[] {
    const now = this.options.now();
    return (this.byOwner.get(owner) ?? []).filter(({ until }) => until > now);
  }

  answer(
    owner: string,
    number: number,
    answer: Answer,
    seconds: number,
    done: (status: StatusCode) => void,
  ): void {
    const { store, now } = this.options;
    const until = now() + (seconds === 0 ? NodeLimits.consentAnswerSeconds : seconds);
    const answering = answerQuestion(store, { number, answer, until, by: owner }, now());
    this.store(
      answering.then((answered) => STATUSES[answered]),
      done,
    );
  }

  setOpenness(
    pneId: string,
    openness: Openness,
    boot: number,
    serial: number,
    done: (status: StatusCode) => void,
  ): void {
    const { store, now } = this.options;
    const setting = setOwnOpenness(store, now(), { pneId, openness, boot, serial });
    this.store(
      setting.then((isOwner) => (isOwner ? Status.ok : Status.notAuthorized)),
      done,
    );
  }

  refresh(): Promise<void> {
    return this.following!.refresh();
  }

  close(): void {
    this.isClosed = true;
    this.queue.close();
    this.timer?.cancel();
    this.following?.close();
  }

  /** What is said of it holds here by then. */
  private store(storing: Promise<StatusCode>, done: (status: StatusCode) => void): void {
    const held = storing.then(async (status) => {
      await this.refresh();
      return status;
    });
    held.then(done, (error: Error) => {
      if (this.isClosed) return;
      this.options.onFailed(error);
      done(Status.busy);
    });
  }

  private valid(question: Question): Consent | undefined {
    const known = this.held.rows.get(nameOf(question));
    return known !== undefined && known.until > this.options.now() ? known : undefined;
  }

  private async read(isFirst: boolean): Promise<void> {
    const known = new Set(this.waiting.map(({ question: { number } }) => number));
    this.held = await readConsents(this.options.store);
    const { waiting } = this;
    this.byOwner = grouped(waiting);
    for (const { question, owner } of waiting)
      if (!known.has(question.number)) this.options.onAsked(question, owner);
    if (!isFirst) this.options.onChanged();
  }

  /** What ends by its time changes no entry. */
  private watchTime(): void {
    const { after = nodeAfter, now, onChanged } = this.options;
    const before = now();
    this.timer = after(NodeLimits.consentLapseMs, () => {
      const isOver = ({ until }: Consent) => until > before && until <= now();
      if ([...this.held.rows.values()].some(isOver)) onChanged();
      this.watchTime();
    });
  }
}

function grouped(waiting: HeldConsents['waiting']): ReadonlyMap<string, readonly Consent[]> {
  const byOwner = new Map<string, Consent[]>();
  for (const { question, owner } of waiting) {
    const questions = byOwner.get(owner) ?? [];
    questions.push(question);
    byOwner.set(owner, questions);
  }
  return byOwner;
}
