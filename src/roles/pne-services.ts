// SPDX-License-Identifier: Apache-2.0

/**
 * What a PNE asks of its server's PNs and service groups (service-message.ts), beside its key management: a part of its
 * own, that an image without room leaves out. One wish at a time is sent until it is answered, in whichever session.
 */
import { Transmission } from '../delivery/transmission.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { KeyMessageType } from './key-message.ts';
import { KeyPart } from './key-part.ts';
import type { GroupNotice } from './notice-message.ts';
import type { BoundKeys, KeyHost, PneKeys } from './pne-keys.ts';
import { PneNotices } from './pne-notices.ts';
import {
  decodeServiceAnswer,
  encodeServiceRequest,
  type ServiceAnswer,
  type Wish,
} from './service-message.ts';

/** An answer; undefined: the server takes no such wishes, or could not store this one. Whether it did is not known then. */
export type Answered = (answer: ServiceAnswer | undefined) => void;

/** Key management of a PNE, with that in it. */
export interface PneServices extends PneKeys {
  /**
   * Asks for something (service-wishes.ts), and calls `done` once. While the server cannot be reached that takes as long as
   * it does. Refuses `queueFull` while another wish has no answer, and `badArgument` what no server takes.
   */
  ask(wish: Wish, done: Answered): void;
}

/**
 * `keys`: what createPneKeys has made, which is bound with it. `onNotice`: the server has said who owns a PN or group of
 * this PNE, or of which gateway it is, and it is not what it said before; called anew after a start. Without it the server
 * is not asked to say so.
 */
export function withServices(keys: PneKeys, onNotice?: (notice: GroupNotice) => void): PneServices {
  return new ServiceAsker(keys, onNotice && new PneNotices(onNotice));
}

interface Waiting {
  readonly serial: number;
  readonly message: Uint8Array;
  readonly done: Answered;
}

class ServiceAsker extends KeyPart implements PneServices {
  private asking!: Transmission;
  private serial = 0;
  private waiting: Waiting | undefined;
  private requests = 0;
  private readonly notices: PneNotices | undefined;

  constructor(keys: PneKeys, notices: PneNotices | undefined) {
    super(keys);
    this.notices = notices;
  }

  ask(wish: Wish, done: Answered): void {
    if (this.waiting !== undefined) refuse('queueFull');
    const serial = this.serial + 1;
    this.waiting = { serial, message: encodeServiceRequest({ ...wish, serial }), done };
    this.serial = serial;
    this.begin();
  }

  override bind(host: KeyHost): BoundKeys {
    this.asking = new Transmission(host.pace, () => this.send());
    this.notices?.bind(host);
    return super.bind(host);
  }

  override start(boot: number): void {
    super.start(boot);
    this.notices?.start();
    this.begin();
  }

  override stop(): void {
    this.asking.stop();
    this.notices?.stop();
    super.stop();
  }

  override receive(message: Uint8Array): void {
    const { notices } = this;
    if (message[1] === KeyMessageType.serviceAnswer) this.settle(decodeServiceAnswer(message));
    else if (notices !== undefined && message[1] === KeyMessageType.notice) notices.receive(message);
    else super.receive(message);
  }

  private begin(): void {
    if (!this.isReady || this.waiting === undefined) return;
    this.requests = 0;
    this.asking.start();
  }

  private send(): void {
    this.requests += 1;
    if (this.requests > ImplementationLimits.keyMaxRequests) this.end(undefined);
    else this.host.send(this.waiting!.message);
  }

  private settle(answer: ServiceAnswer): void {
    if (answer.serial > this.serial) refuse('stateInvalid');
    // One that answers a former wish came late, or twice.
    if (answer.serial === this.waiting?.serial) this.end(answer);
  }

  private end(answer: ServiceAnswer | undefined): void {
    const { done } = this.waiting!;
    this.waiting = undefined;
    this.asking.stop();
    done(answer);
  }
}
