// SPDX-License-Identifier: Apache-2.0
import { withHead } from '../bytes/copy.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { cutFragment } from './cut.ts';
import { FRAGMENT_NUMBERS, LONG_HEADER_BYTES, ONLY_FRAGMENT, SHORT_HEADER_BYTES } from './fragment.ts';

/**
 * Cuts the messages of one direction of one connection into fragments, on demand: as many as the link can
 * take, each as large as it carries then. Holds bounded memory.
 */
export class Fragmenter {
  private readonly queue: Uint8Array[] = [];
  private queuedBytes = 0;
  /** Bytes of the first message in the queue that are sent. */
  private sentBytes = 0;
  private number = 0;

  /** Whether `next` has something to give. */
  get isPending(): boolean {
    return this.queue.length > 0;
  }

  /** Queues a message, which the caller gives up. Refuses `frameInvalid` for an empty message, `tooLong`, and `queueFull`. */
  push(message: Uint8Array): void {
    const { linkMaxMessageBytes, fragmentMaxQueuedBytes } = ImplementationLimits;
    const { length } = message;
    if (length === 0) refuse('frameInvalid');
    if (length > linkMaxMessageBytes) refuse('tooLong');
    if (this.queuedBytes + length > fragmentMaxQueuedBytes) refuse('queueFull');
    this.queue.push(message);
    this.queuedBytes += length;
  }

  /**
   * Returns the only fragment of a message that needs no queue: none waits, and it fits into `maxBytes`. undefined:
   * it is to be pushed.
   */
  only(message: Uint8Array, maxBytes: number): Uint8Array | undefined {
    const { length } = message;
    if (length === 0 || length > maxBytes - SHORT_HEADER_BYTES || this.queue.length > 0) return undefined;
    const number = this.number;
    this.number = (number + 1) % FRAGMENT_NUMBERS;
    return withHead(ONLY_FRAGMENT + number, SHORT_HEADER_BYTES, message);
  }

  /** Returns the next fragment, of `maxBytes` at most (20 or more), which the caller owns. */
  next(maxBytes: number): Uint8Array | undefined {
    const message = this.queue[0];
    if (message === undefined) return undefined;
    const start = this.sentBytes;
    const fragment = cutFragment(message, start, maxBytes, this.number);
    this.number = (this.number + 1) % FRAGMENT_NUMBERS;
    if (message.length - start <= maxBytes - SHORT_HEADER_BYTES) this.finish(message);
    else this.sentBytes = start + maxBytes - (start === 0 ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES);
    return fragment;
  }

  private finish(message: Uint8Array): void {
    this.queue.shift();
    this.queuedBytes -= message.length;
    this.sentBytes = 0;
  }
}
