// SPDX-License-Identifier: Apache-2.0

/** What a device on Node asks of its server, one after the other, and what became of it. */
import { NodeLimits } from '../node-limits.ts';
import { type ReasonName, Refusal } from '../refusal.ts';
import type { PneServices } from '../roles/pne-services.ts';
import type { ServiceAnswer, Wish } from '../roles/service-message.ts';
import { refusalOf } from '../roles/service-refusals.ts';
import type { Page } from '../roles/service-wishes.ts';
import { Status } from '../roles/status.ts';

/**
 * What became of a wish: done, or why not. `refusal` has a number (`reason`), its name and a line (`message`). None is
 * thrown. Of `unanswered (151)` and `linkClosed (63)` nobody knows whether it was done: most wishes may be asked again,
 * and find it done.
 */
export type Wished<Value = void> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal };

export function granted<Value>(value: Value): Wished<Value> {
  return { ok: true, value };
}

export function refused(reason: ReasonName, about: string): Wished<never> {
  return { ok: false, refusal: new Refusal(reason, about) };
}

/** What `work` returns, or what it was refused for. Passes on what is no refusal. */
export function attempt<Value>(work: () => Value): Wished<Value> {
  try {
    return granted(work());
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, refusal: error };
  }
}

interface Waiting {
  readonly wish: Wish;
  settle(outcome: Wished<ServiceAnswer>): void;
}

/** A server takes one wish of a PNE at a time: the others wait for it. */
export class Wishes {
  private readonly services: Pick<PneServices, 'ask'>;
  /** The first is under way. */
  private waiting: Waiting[] = [];
  private isClosed = false;

  constructor(services: Pick<PneServices, 'ask'>) {
    this.services = services;
  }

  /** `read` refuses an answer that does not hold what it ought to. */
  async ask<Value>(wish: Wish, read: (answer: ServiceAnswer) => Value): Promise<Wished<Value>> {
    const answered = await this.answerTo(wish);
    return answered.ok ? attempt(() => read(answered.value)) : answered;
  }

  /** A list that may come in pages: `after` makes the wish for those behind a page. */
  async list<Entry>(
    after: (former: Page<Entry> | undefined) => Wish,
    read: (answer: ServiceAnswer) => Page<Entry>,
  ): Promise<Wished<readonly Entry[]>> {
    const entries: Entry[] = [];
    let former: Page<Entry> | undefined;
    for (let pages = 0; pages < NodeLimits.deviceMaxPages; pages++) {
      const page: Wished<Page<Entry>> = await this.ask(after(former), read);
      if (!page.ok) return page;
      former = page.value;
      entries.push(...former.entries);
      if (former.next === 0) return granted(entries);
    }
    return refused('tooManyItems', 'a list of the server does not end');
  }

  /** Nothing is answered any more. */
  close(): void {
    this.isClosed = true;
    for (const { settle } of this.waiting.splice(0)) settle(CLOSED);
  }

  private answerTo(wish: Wish): Promise<Wished<ServiceAnswer>> {
    return new Promise((resolve) => {
      if (this.isClosed) return resolve(CLOSED);
      if (this.waiting.length >= NodeLimits.deviceMaxWishes) return resolve(FULL);
      this.waiting.push({ wish, settle: resolve });
      if (this.waiting.length === 1) this.begin();
    });
  }

  private begin(): void {
    const [first] = this.waiting;
    if (first === undefined) return;
    if (!isWellFormed(first.wish)) return this.end(first, MALFORMED);
    const asked = attempt(() =>
      this.services.ask(first.wish, (answer) => this.end(first, outcomeOf(answer))),
    );
    if (!asked.ok) this.end(first, asked);
  }

  private end(first: Waiting, outcome: Wished<ServiceAnswer>): void {
    if (this.waiting[0] !== first) return;
    this.waiting.shift();
    first.settle(outcome);
    this.begin();
  }
}

export const CLOSED: Wished<never> = Object.freeze(refused('linkClosed', 'the device is closed'));
export const UNANSWERED: Wished<never> = Object.freeze(
  refused('unanswered', 'the server takes no such wish, or could not store it'),
);
const MALFORMED: Wished<never> = Object.freeze(refused('badArgument', 'a wish is made of texts and numbers'));
const FULL: Wished<never> = Object.freeze(refused('queueFull', 'too many wishes wait'));

function outcomeOf(answer: ServiceAnswer | undefined): Wished<ServiceAnswer> {
  if (answer === undefined) return UNANSWERED;
  return answer.status === Status.ok ? granted(answer) : { ok: false, refusal: refusalOf(answer.status) };
}

/** Whoever writes without types may have said something else: a server would not answer that. */
function isWellFormed({ number, texts }: Wish): boolean {
  return Number.isSafeInteger(number) && number >= 0 && texts.every((text) => typeof text === 'string');
}
