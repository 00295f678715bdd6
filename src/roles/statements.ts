// SPDX-License-Identifier: Apache-2.0

import { Transmission } from '../delivery/transmission.ts';
import { ImplementationLimits } from '../limits.ts';
import type { After } from '../link/timer.ts';
import { type Statement, topicOf } from './gateway-control.ts';

export interface StatementsOptions {
  readonly after: After;
  /** Evenly spread from 0 to 1. */
  random(): number;
  /** Sends what a statement says under its number, or drops it. */
  send(number: number, statement: Statement): void;
  /** Nothing at all was heard of the other end for as long as it is given. */
  onSilence(): void;
}

interface UnderWay {
  readonly topic: string;
  readonly transmission: Transmission;
}

/**
 * What one end of CPNS-2 tells the other over one link. It is state, not a queue: of each topic the newest is sent until
 * it is confirmed, and what is no longer so is not sent any more. A new link begins with all of it.
 */
export class Statements {
  /** Verified messages of the other end so far. */
  heard = 0;
  readonly after: After;
  private readonly options: StatementsOptions;
  /** Not confirmed and not sent yet, in the order in which they will be. */
  private readonly waiting = new Map<string, Statement>();
  /** Sent and not confirmed, by number. */
  private readonly underWay = new Map<number, UnderWay>();
  private next = 0;

  constructor(options: StatementsOptions) {
    this.options = options;
    this.after = options.after;
  }

  random(): number {
    return this.options.random();
  }

  /** It is so from now on, in place of what was stated of its topic before. */
  state(statement: Statement): void {
    const topic = topicOf(statement);
    this.drop(topic);
    this.waiting.set(topic, statement);
    this.fill();
  }

  /** Nothing is to be said of its topic any more. */
  retract(statement: Statement): void {
    this.drop(topicOf(statement));
    this.fill();
  }

  /** The other end has done what was stated under this number. Unknown numbers are of what is past. */
  confirm(number: number): void {
    this.end(number);
    this.fill();
  }

  /** The link is gone. */
  close(): void {
    this.waiting.clear();
    for (const number of [...this.underWay.keys()]) this.end(number);
  }

  private drop(topic: string): void {
    this.waiting.delete(topic);
    for (const [number, each] of this.underWay) if (each.topic === topic) this.end(number);
  }

  private end(number: number): void {
    this.underWay.get(number)?.transmission.stop();
    this.underWay.delete(number);
  }

  private fill(): void {
    for (const [topic, statement] of this.waiting) {
      if (this.underWay.size >= ImplementationLimits.maxStatementsUnderWay) return;
      this.waiting.delete(topic);
      this.begin(topic, statement);
    }
  }

  private begin(topic: string, statement: Statement): void {
    const { send, onSilence } = this.options;
    const number = this.next;
    const transmission = new Transmission(
      this,
      () => send(number, statement),
      () => onSilence(),
    );
    this.underWay.set(this.next, { topic, transmission });
    this.next += 1;
    transmission.start();
  }
}
