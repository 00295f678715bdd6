// SPDX-License-Identifier: Apache-2.0

import * as assert from 'uvu/assert';
import { Refusal } from '../refusal.ts';
import { Fragmenter } from './fragmenter.ts';
import { Reassembler } from './reassembler.ts';
import type { After } from './timer.ts';

export function messageOf(length: number, first = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (first + index) & 0xff);
}

export class Receiver {
  readonly messages: Uint8Array[] = [];
  readonly timers: { milliseconds: number; fire: () => void; cancelled: boolean }[] = [];
  private readonly after: After = (milliseconds, callback) => {
    const timer = { milliseconds, fire: callback, cancelled: false };
    this.timers.push(timer);
    return {
      cancel(): void {
        timer.cancelled = true;
      },
    };
  };
  readonly reassembler = new Reassembler(this.after, (message) => this.messages.push(message));

  /** Returns the reasons of what was refused. */
  take(values: readonly Uint8Array[]): string[] {
    const reasons: string[] = [];
    for (const value of values) {
      try {
        this.reassembler.push(value);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        reasons.push(error.reasonName);
      }
    }
    return reasons;
  }

  get running() {
    return this.timers.filter(({ cancelled }) => !cancelled);
  }

  /** Lets the one running timer fire. */
  fire(): void {
    assert.is(this.running.length, 1);
    const [timer] = this.running;
    timer!.cancelled = true;
    timer!.fire();
  }
}

export function fragments(messages: readonly Uint8Array[], maxBytes: number): Uint8Array[] {
  const fragmenter = new Fragmenter();
  const values: Uint8Array[] = [];
  for (const message of messages) {
    fragmenter.push(message);
    for (let value = fragmenter.next(maxBytes); value !== undefined; value = fragmenter.next(maxBytes)) {
      values.push(value);
    }
  }
  return values;
}

export const THREE = [messageOf(90, 10), messageOf(90, 20), messageOf(90, 30)];

export const VALUES = fragments(THREE, 20);

export const EACH = VALUES.length / 3;
