// SPDX-License-Identifier: Apache-2.0

/**
 * Has the PNE do what its user orders, and answers each order once it is done: a wish when the server has answered
 * it, a membership when its key has come or gone, a consent when it is stored. What the PNE refuses changes nothing.
 */
import type { Answer } from '../../src/authorization/decision.ts';
import { decodeFlat, type FlatItem } from '../../src/cbor/flat.ts';
import type { Membership } from '../../src/groups/epoch.ts';
import { ImplementationLimits } from '../../src/limits.ts';
import { Reason, type ReasonName, Refusal, refuse } from '../../src/refusal.ts';
import { OPENNESS_WORDS } from '../../src/roles/consent-message.ts';
import type { PneConsents } from '../../src/roles/pne-consents.ts';
import type { PneServices } from '../../src/roles/pne-services.ts';
import type { Wish } from '../../src/roles/service-message.ts';
import { Status } from '../../src/roles/status.ts';
import type { OrderAnswer } from './news-message.ts';
import { type Order, OrderKind, orderIn, orderNumber } from './order-message.ts';

/** By the words of an answer. */
const ANSWERS: readonly Answer[] = Object.freeze(['refused', 'consented']);
/** The number of openness, where questions have theirs. */
const OPENNESS = 0;
const { pneMaxGroups, pneMaxNetworks } = ImplementationLimits;

export interface OrderDeskOptions {
  readonly services: PneServices;
  readonly consents: PneConsents;
  onAnswer(answer: OrderAnswer): void;
}

/** What its PNE is to become, by this order. */
interface Move {
  readonly number: number;
  readonly isJoin: boolean;
}

export class OrderDesk {
  private readonly options: OrderDeskOptions;
  /** By the reference of the group or PN. */
  private readonly moves = new Map<number, Move>();
  /** Numbers of orders, by that of the question. */
  private readonly words = new Map<number, number>();

  constructor(options: OrderDeskOptions) {
    this.options = options;
  }

  /** Takes what is to be an order, borrowed for the call. What is none, or is refused, is answered with the reason. */
  obey(bytes: Uint8Array): void {
    let items: FlatItem[] = [];
    try {
      items = decodeFlat(bytes);
      this.carryOut(orderNumber(items), orderIn(items));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refuse(orderNumber(items), error.reasonName);
    }
  }

  /** The PNE has a key of this group, or has none any more. */
  moved(reference: number, membership: Membership | undefined): void {
    const move = this.moves.get(reference);
    if (move === undefined || move.isJoin !== (membership !== undefined)) return;
    this.moves.delete(reference);
    this.answer(move.number);
  }

  /** It does not get one. */
  withheld(reference: number): void {
    const move = this.moves.get(reference);
    if (move === undefined) return;
    this.moves.delete(reference);
    this.refuse(move.number, 'keyWithheld');
  }

  /** The server has answered to this number of a question, or to `OPENNESS`. */
  settled(question: number, status: number): void {
    const number = this.words.get(question);
    if (number === undefined) return;
    this.words.delete(question);
    this.answer(number, status);
  }

  private carryOut(number: number, order: Order): void {
    const { consents } = this.options;
    switch (order.kind) {
      case OrderKind.wish:
        return this.ask(number, order);
      case OrderKind.consent:
        return this.say(number, order.question, () =>
          consents.answer(order.question, ANSWERS[order.word]!, order.seconds),
        );
      case OrderKind.openness:
        return this.say(number, OPENNESS, () => consents.setOpenness(OPENNESS_WORDS[order.word]!));
      default:
        return this.move(order.reference, { number, isJoin: order.kind === OrderKind.join });
    }
  }

  /** What has no answer may be stored or not. */
  private ask(number: number, wish: Wish): void {
    this.options.services.ask(wish, (answer) => {
      if (answer === undefined) this.refuse(number, 'storeFailed');
      else this.answer(number, answer.status, answer.results);
    });
  }

  /** Of a group that it is in, or is not in, one of both is done already. */
  private move(reference: number, move: Move): void {
    const { services } = this.options;
    const isMember = services.groups.some((group) => group.reference === reference);
    if (this.moves.has(reference) || this.moves.size >= pneMaxGroups + pneMaxNetworks) refuse('queueFull');
    if (isMember === move.isJoin) return this.answer(move.number);
    if (move.isJoin) services.join(reference);
    else services.leave(reference);
    this.moves.set(reference, move);
  }

  /** One word at a time to each question. */
  private say(number: number, question: number, put: () => void): void {
    if (this.words.has(question)) refuse('queueFull');
    put();
    this.words.set(question, number);
  }

  private answer(number: number, status: number = Status.ok, results: OrderAnswer['results'] = []): void {
    this.options.onAnswer({ number, reason: 0, status, results });
  }

  private refuse(number: number, reason: ReasonName): void {
    this.options.onAnswer({ number, reason: Reason[reason], status: Status.ok, results: [] });
  }
}
