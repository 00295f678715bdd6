// SPDX-License-Identifier: Apache-2.0

/**
 * The sending end of a stream of messages. Each has a number when it is first sent, keeps it until its receipt
 * comes, and is sent again by a timer of its own. Numbers that are under way lie closer together than the
 * receiver's window, so that the receiver can tell of each whether it was there before.
 */
import { type Pace, Transmission } from './transmission.ts';

export interface OutboxOptions {
  readonly pace: Pace;
  /** How many numbers the first and the last one under way may span. */
  readonly span: number;
  /**
   * Calls `then` when the number can belong to no other message any more, with whether that succeeded. Where it
   * did not, the message gets another number later.
   */
  reserve(handle: number, number: number, then: (reserved: boolean) => void): void;
  /** Sends a message. What that refuses is lost; the message is sent again. */
  transmit(number: number, payload: Uint8Array): void;
  /** As of `Transmission`; the outbox is closed then. */
  onSilence?: () => void;
}

interface Item {
  readonly handle: number;
  readonly payload: Uint8Array;
  /** From its first transmission on, or while it is being reserved. */
  number: number | undefined;
  /** Names the reservation that is under way. */
  reservation: object | undefined;
  readonly transmission: Transmission;
}

export class Outbox {
  /** Bytes of all payloads in it. */
  bytes = 0;
  private readonly options: OutboxOptions;
  /** In the order of their arrival. */
  private readonly items: Item[] = [];
  private next: number;
  private isOpen = false;

  /** `next`: the first number to give. */
  constructor(options: OutboxOptions, next = 0) {
    this.options = options;
    this.next = next;
  }

  /** Messages without a receipt. */
  get size(): number {
    return this.items.length;
  }

  /**
   * Takes a message over, under a handle of the owner's, and sends it as soon as it may. `number`: one that it was
   * sent with before; such messages come before all others.
   */
  add(handle: number, payload: Uint8Array, number?: number): void {
    const item: Item = {
      handle,
      payload,
      number,
      reservation: undefined,
      transmission: new Transmission(
        this.options.pace,
        () => this.options.transmit(item.number!, payload),
        this.options.onSilence && (() => this.fallSilent()),
      ),
    };
    this.items.push(item);
    this.bytes += payload.length;
    this.fill();
  }

  /** The peer can be reached: what is under way is sent again, in order, then what waits. */
  open(): void {
    this.isOpen = true;
    for (const { transmission } of this.items.filter(isUnderWay)) transmission.start();
    this.fill();
  }

  /** It cannot. Nothing is sent until `open`. */
  close(): void {
    this.isOpen = false;
    for (const { transmission } of this.items) transmission.stop();
  }

  /** The peer was heard: what has been given time because it did not answer is sent now. */
  hurry(): void {
    if (!this.isOpen) return;
    for (const item of this.items)
      if (isUnderWay(item) && item.transmission.isStalled) item.transmission.start();
    this.fill();
  }

  /** Returns the handle of the message under way with a number. */
  find(number: number): number | undefined {
    return this.items.find((item) => item.number === number && isUnderWay(item))?.handle;
  }

  /** Forgets the message with a handle, and sends what it kept waiting. */
  settle(handle: number): void {
    const index = this.items.findIndex((item) => item.handle === handle);
    if (index < 0) return;
    this.remove(index);
    this.fill();
  }

  /**
   * Begins a new stream. Returns the handles of the messages that were sent in the former one, which are forgotten:
   * nobody can tell what became of them.
   */
  restart(): number[] {
    const sent = this.items.filter(isUnderWay);
    for (const item of sent) this.remove(this.items.indexOf(item));
    for (const item of this.items) {
      item.number = undefined;
      item.reservation = undefined;
    }
    this.next = 0;
    return sent.map(({ handle }) => handle);
  }

  private fill(): void {
    while (this.isOpen) {
      const item = this.nextWaiting();
      if (item === undefined) return;
      this.number(item);
      // It failed at once: later.
      if (item.number === undefined) return;
    }
  }

  /** The first message without a number, if the next number lies within the span of those under way. */
  private nextWaiting(): Item | undefined {
    let waiting: Item | undefined;
    for (const item of this.items) {
      if (item.number === undefined) waiting ??= item;
      else if (this.next - item.number >= this.options.span) return undefined;
    }
    return waiting;
  }

  private number(item: Item): void {
    const number = this.next;
    const reservation = {};
    this.next += 1;
    item.number = number;
    item.reservation = reservation;
    this.options.reserve(item.handle, number, (reserved) => {
      if (item.reservation !== reservation) return;
      item.reservation = undefined;
      if (!reserved) item.number = undefined;
      else if (this.isOpen) item.transmission.start();
    });
  }

  private remove(index: number): void {
    const [item] = this.items.splice(index, 1);
    item!.transmission.stop();
    item!.reservation = undefined;
    this.bytes -= item!.payload.length;
  }

  private fallSilent(): void {
    this.close();
    this.options.onSilence!();
  }
}

/** It has its number for good, and was sent or is about to be. */
function isUnderWay({ number, reservation }: Item): boolean {
  return number !== undefined && reservation === undefined;
}
