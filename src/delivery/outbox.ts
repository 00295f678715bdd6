// SPDX-License-Identifier: Apache-2.0

/**
 * The sending end of a stream of messages. Each has a number when it is first sent, keeps it until its receipt
 * comes, and is sent again by a timer. Numbers that are under way lie closer together than the receiver's window,
 * so that the receiver can tell of each whether it was there before. What waits may be sent together; it has one timer
 * then, and each message its own number and receipt.
 */
import { type Pace, Transmission } from './transmission.ts';

export interface OutboxOptions {
  readonly pace: Pace;
  /** How many numbers the first and the last one under way may span. */
  readonly span: number;
  /** How many messages that wait, and at most how many bytes of several, are sent together. Without it each goes alone. */
  together?(): { readonly messages: number; readonly bytes: number };
  /**
   * Calls `then` when the number, and those of what is sent together with it, can belong to no other message any more,
   * with whether that succeeded. Where it did not, the message gets another number later.
   */
  reserve(handle: number, number: number, then: (reserved: boolean) => void): void;
  /** Sends messages with numbers from `first` on. What that refuses is lost; they are sent again. */
  transmit(first: number, payloads: readonly Uint8Array[]): void;
  /** As of `Transmission`; the outbox is closed then. */
  onSilence?: () => void;
}

interface Item {
  readonly handle: number;
  readonly payload: Uint8Array;
}

/** Messages that are sent together, under consecutive numbers, until each has its receipt. */
interface Parcel {
  readonly first: number;
  readonly items: readonly Item[];
  /** Handles of those without a receipt. */
  readonly left: Set<number>;
  /** Its numbers are its own for good: it was sent or is about to be. */
  isReserved: boolean;
  readonly transmission: Transmission;
}

/** One by one. */
export const ALONE = /* @__PURE__ */ Object.freeze({ messages: 1, bytes: 0 });

export class Outbox {
  /** Messages in it, and bytes of all their payloads. What is sent together counts until all of it has receipts. */
  size = 0;
  bytes = 0;
  /** So many new messages wait for each other, until something else sends what waits. */
  gathered = 1;
  private readonly options: OutboxOptions;
  /** In the order of their numbers. */
  private parcels: Parcel[] = [];
  /** In the order of their arrival. */
  private waiting: Item[] = [];
  private next: number;
  private isOpen = false;

  /** `next`: the first number to give. */
  constructor(options: OutboxOptions, next = 0) {
    this.options = options;
    this.next = next;
  }

  /**
   * Takes a message over, under a handle of the owner's, and sends it as soon as it may. `number`: one that it was
   * sent with before; such messages come before all others.
   */
  add(handle: number, payload: Uint8Array, number?: number): void {
    const item = { handle, payload };
    this.size += 1;
    this.bytes += payload.length;
    if (number === undefined) this.waiting.push(item);
    else this.parcel(number, [item]).isReserved = true;
    if (this.waiting.length >= this.gathered) this.fill();
  }

  /** The peer can be reached: what is under way is sent again, in order, then what waits. */
  open(): void {
    this.isOpen = true;
    this.start(() => true);
    this.fill();
  }

  /** It cannot. Nothing is sent until `open`. */
  close(): void {
    this.isOpen = false;
    this.parcels.forEach(stop);
  }

  /** The peer was heard: what has been given time because it did not answer is sent now. */
  hurry(): void {
    if (!this.isOpen) return;
    this.start(({ transmission }) => transmission.isStalled);
    this.fill();
  }

  /** Returns the handle of the message under way with a number. */
  find(number: number): number | undefined {
    for (const { first, items, left, isReserved } of this.parcels) {
      const item = items[number - first];
      if (item !== undefined && isReserved && left.has(item.handle)) return item.handle;
    }
    return undefined;
  }

  /** Forgets the message with a handle, and sends what it kept waiting. */
  settle(handle: number): void {
    const at = this.parcels.findIndex(({ left }) => left.delete(handle));
    if (this.parcels[at]?.left.size === 0) this.forget(at);
    this.fill();
  }

  /**
   * Begins a new stream. Returns the handles of the messages that were sent in the former one, which are forgotten:
   * nobody can tell what became of them.
   */
  restart(): number[] {
    const sent: number[] = [];
    this.next = 0;
    while (this.parcels.length > 0) {
      const last = this.parcels.length - 1;
      const { isReserved, left } = this.parcels[last]!;
      if (isReserved) sent.unshift(...left);
      if (isReserved) this.forget(last);
      else this.takeBack(last);
    }
    return sent;
  }

  /** Sends what waits, as far as the span of what is under way allows. */
  fill(): void {
    while (this.isOpen && this.waiting.length > 0) {
      const count = this.countNext();
      if (count === 0) return;
      const parcel = this.parcel(this.next, this.waiting.splice(0, count));
      this.next += count;
      this.options.reserve(parcel.items[0]!.handle, parcel.first, (reserved) =>
        this.decide(parcel, reserved),
      );
      // It failed at once: later.
      if (!this.parcels.includes(parcel)) return;
    }
  }

  /** How many of those that wait are to be sent together. */
  private countNext(): number {
    const { together, span } = this.options;
    const { waiting } = this;
    const { messages, bytes } = together?.() ?? ALONE;
    const oldest = this.parcels[0]?.first ?? this.next;
    const room = Math.min(messages, oldest + span - this.next, waiting.length);
    let count = 0;
    for (let left = bytes; count < room; count++) {
      left -= waiting[count]!.payload.length;
      if (count > 0 && left < 0) break;
    }
    return count;
  }

  /** What was forgotten meanwhile is none any more. */
  private decide(parcel: Parcel, isReserved: boolean): void {
    const at = this.parcels.indexOf(parcel);
    if (at < 0) return;
    parcel.isReserved = isReserved;
    if (!isReserved) this.takeBack(at);
    else if (this.isOpen) parcel.transmission.start();
  }

  private parcel(first: number, items: readonly Item[]): Parcel {
    const { pace, onSilence } = this.options;
    const parcel: Parcel = {
      first,
      items,
      left: new Set(items.map(({ handle }) => handle)),
      isReserved: false,
      transmission: new Transmission(
        pace,
        () => this.transmit(parcel),
        onSilence && (() => this.fallSilent()),
      ),
    };
    this.parcels.push(parcel);
    return parcel;
  }

  /** What has its receipt is not sent again: it leaves a gap between those before and those behind it. */
  private transmit({ first, items, left }: Parcel): void {
    for (let from = 0, to = 0; to <= items.length; to++) {
      if (to < items.length && left.has(items[to]!.handle)) continue;
      const payloads = items.slice(from, to).map(({ payload }) => payload);
      if (to > from) this.options.transmit(first + from, payloads);
      from = to + 1;
    }
  }

  /** Those that can be sent: of a list that may change meanwhile. */
  private start(isWanted: (parcel: Parcel) => boolean): void {
    for (const parcel of this.parcels.slice())
      if (parcel.isReserved && isWanted(parcel)) parcel.transmission.start();
  }

  private takeBack(at: number): void {
    const [parcel] = this.parcels.splice(at, 1);
    this.waiting.unshift(...parcel!.items);
  }

  private forget(at: number): void {
    const [parcel] = this.parcels.splice(at, 1);
    stop(parcel!);
    this.size -= parcel!.items.length;
    for (const { payload } of parcel!.items) this.bytes -= payload.length;
  }

  private fallSilent(): void {
    this.close();
    this.options.onSilence!();
  }
}

function stop({ transmission }: Parcel): void {
  transmission.stop();
}
