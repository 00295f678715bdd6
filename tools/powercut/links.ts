// SPDX-License-Identifier: Apache-2.0

/** Links in memory, in virtual time: what is sent arrives when it is delivered, before time goes on. */
import { PLAIN_STREAM } from '../../src/link/attestation.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { Timeline } from '../chaos/timeline.ts';

const STEP_MS = 1000;
const MAX_EVENTS = 200_000;

export class Links {
  readonly time = new Timeline();
  private readonly queue: (() => void)[] = [];

  /** Not within the call. */
  later(work: () => void): void {
    this.queue.push(work);
  }

  /** An end of a link: `to` is who gets a message when it arrives, `isOn` whether there is power to send it. */
  end(to: () => LinkEvents | undefined, isOn = () => true, close = () => {}): Link {
    return {
      attestation: () => PLAIN_STREAM,
      close,
      send: (message) => {
        const copy = message.slice();
        if (isOn()) this.later(() => to()?.onMessage(copy));
      },
    };
  }

  pass(milliseconds: number): void {
    for (let left = milliseconds; left > 0; left -= STEP_MS) {
      this.deliver();
      this.time.runUntil(this.time.now + STEP_MS, MAX_EVENTS);
    }
    this.deliver();
  }

  private deliver(): void {
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) next();
  }
}
