// SPDX-License-Identifier: Apache-2.0

/**
 * Whoever uses one simulated device: what he orders it to do, and what it tells him. Orders are carried out one after
 * the other. One without an answer is given again to a device that starts anew: each is such that its repetition
 * finds nothing left to do.
 */
import { type News, NewsType, type OrderAnswer } from '../../firmware/orders/news-message.ts';
import { encodeOrder, type Order } from '../../firmware/orders/order-message.ts';

/** What a device says without being asked. */
export type Told = Exclude<News, { type: typeof NewsType.answer }>;

interface Given {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly done: (answer: OrderAnswer) => void;
}

export class DeviceUser {
  private readonly onTold: (told: Told) => void;
  private readonly given: Given[] = [];
  private count = 0;
  private send: ((order: Uint8Array) => void) | undefined;

  constructor(onTold: (told: Told) => void = () => undefined) {
    this.onTold = onTold;
  }

  /** Resolves when it is carried out, or refused. While the server cannot be reached that takes as long as it does. */
  order(order: Order): Promise<OrderAnswer> {
    return new Promise((done) => {
      this.count += 1;
      this.given.push({ number: this.count, bytes: encodeOrder(this.count, order), done });
      if (this.given.length === 1) this.give();
    });
  }

  /** The device is there, and has heard nothing yet. */
  meet(send: (order: Uint8Array) => void): void {
    this.send = send;
    this.give();
  }

  hear(news: News): void {
    if (news.type !== NewsType.answer) return this.onTold(news);
    if (news.number !== this.given[0]?.number) return;
    this.given.shift()!.done(news);
    this.give();
  }

  private give(): void {
    const [next] = this.given;
    if (next !== undefined) this.send?.(next.bytes);
  }
}
