// SPDX-License-Identifier: Apache-2.0
import { ImplementationLimits } from '../limits.ts';
import { Refusal, refuse } from '../refusal.ts';
import { decodeFragment, decodeOnly, FRAGMENT_NUMBERS, type Fragment } from './fragment.ts';
import type { After, RunningTimer } from './timer.ts';

interface PartialMessage {
  readonly message: Uint8Array;
  filled: number;
}

/**
 * Joins the fragments of one direction of one connection. Holds one message at most, whatever the peer
 * sends, and runs one timer while it does. A fragment that is lost, repeated, malformed or late costs the
 * message that it belongs to, and never makes one of two.
 */
export class Reassembler {
  /** Messages that came in part and were dropped. */
  dropped = 0;
  private readonly after: After;
  private readonly onMessage: (message: Uint8Array) => void;
  private partial: PartialMessage | undefined;
  private timer: RunningTimer | undefined;
  private hasProgressed = false;
  private expected = 0;

  /** What `onMessage` is given is borrowed for the call. */
  constructor(after: After, onMessage: (message: Uint8Array) => void) {
    this.after = after;
    this.onMessage = onMessage;
  }

  /**
   * Takes the next value, borrowed for the call. Refuses `frameInvalid`, `tooLong`, and `fragmentOutOfOrder`
   * for a repeated fragment and for the rest of a message of which one is missing.
   */
  push(value: Uint8Array): void {
    // What comes most: the next fragment, which is a message, and none of which a part has come.
    const only = this.partial === undefined ? decodeOnly(this.expected, value) : undefined;
    if (only !== undefined) {
      this.expected = (this.expected + 1) % FRAGMENT_NUMBERS;
      this.onMessage(only);
      return;
    }
    const message = this.take(value);
    if (message !== undefined) this.onMessage(message);
  }

  /** Forgets what came in part. Safe to call twice. */
  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.partial = undefined;
  }

  private take(value: Uint8Array): Uint8Array | undefined {
    try {
      const fragment = decodeFragment(value);
      this.follow(fragment.number);
      if (fragment.isFirst) this.begin(fragment.length);
      return this.append(fragment);
    } catch (error) {
      if (error instanceof Refusal) this.drop();
      throw error;
    }
  }

  /** Numbers only go forward: what was before may be a repetition, what is beyond shows a loss. */
  private follow(number: number): void {
    const distance = (number - this.expected + FRAGMENT_NUMBERS) % FRAGMENT_NUMBERS;
    if (distance >= FRAGMENT_NUMBERS / 2) refuse('fragmentOutOfOrder');
    if (distance > 0) this.drop();
    this.expected = (number + 1) % FRAGMENT_NUMBERS;
  }

  private begin(length: number): void {
    this.drop();
    this.partial = { message: new Uint8Array(length), filled: 0 };
  }

  private append({ isLast, bytes }: Fragment): Uint8Array | undefined {
    const partial = this.partial ?? refuse('fragmentOutOfOrder');
    const { message } = partial;
    const filled = partial.filled + bytes.length;
    if (filled > message.length || isLast !== (filled === message.length)) refuse('frameInvalid');
    message.set(bytes, partial.filled);
    partial.filled = filled;
    if (!isLast) {
      this.watch();
      return undefined;
    }
    this.close();
    return message;
  }

  private drop(): void {
    if (this.partial !== undefined) this.dropped += 1;
    this.close();
  }

  /** The timer runs on while fragments come: it is looked at, not set anew, for each of them. */
  private watch(): void {
    this.hasProgressed = true;
    this.timer ??= this.after(ImplementationLimits.fragmentTimeoutMs, () => this.expire());
  }

  private expire(): void {
    this.timer = undefined;
    if (!this.hasProgressed) return this.drop();
    this.watch();
    this.hasProgressed = false;
  }
}
