// SPDX-License-Identifier: Apache-2.0

import { type Pace, Transmission } from '../delivery/transmission.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import {
  decodeServiceAnswer,
  encodeServiceRequest,
  type ServiceAnswer,
  type Wish,
} from './service-message.ts';

/** An answer; undefined: the server takes no such wishes, or could not store it. Whether it did is not known then. */
export type Answered = (answer: ServiceAnswer | undefined) => void;

interface Waiting {
  readonly serial: number;
  readonly message: Uint8Array;
  readonly done: Answered;
}

/** The end that asks (service-message.ts). One wish at a time is sent until it is answered, in whichever session. */
export class WishAsking {
  private asking: Transmission | undefined;
  private serial = 0;
  private waiting: Waiting | undefined;
  private requests = 0;

  /** Whether messages pass. */
  get isReady(): boolean {
    return this.asking !== undefined;
  }

  /** Refuses `queueFull` while another wish has no answer, and `badArgument` what no server takes. */
  ask(wish: Wish, done: Answered): void {
    if (this.waiting !== undefined) refuse('queueFull');
    const serial = this.serial + 1;
    this.waiting = { serial, message: encodeServiceRequest({ ...wish, serial }), done };
    this.serial = serial;
    this.begin();
  }

  /** Messages pass from now on, by `send`. */
  start(pace: Pace, send: (message: Uint8Array) => void): void {
    this.stop();
    this.asking = new Transmission(pace, () => this.transmit(send));
    this.begin();
  }

  /** They pass no more. What has no answer is sent again when they do. */
  stop(): void {
    this.asking?.stop();
    this.asking = undefined;
  }

  /** The same, and what has no answer gets none. */
  drop(): void {
    this.end(undefined);
    this.stop();
  }

  /** Refuses what is no answer to any wish. */
  receive(message: Uint8Array): void {
    const answer = decodeServiceAnswer(message);
    if (answer.serial > this.serial) refuse('stateInvalid');
    // One that answers a former wish came late, or twice.
    if (answer.serial === this.waiting?.serial) this.end(answer);
  }

  private begin(): void {
    if (this.waiting === undefined) return;
    this.requests = 0;
    this.asking?.start();
  }

  private transmit(send: (message: Uint8Array) => void): void {
    this.requests += 1;
    if (this.requests > ImplementationLimits.keyMaxRequests) this.end(undefined);
    else send(this.waiting!.message);
  }

  private end(answer: ServiceAnswer | undefined): void {
    const done = this.waiting?.done;
    this.waiting = undefined;
    this.asking?.stop();
    done?.(answer);
  }
}
