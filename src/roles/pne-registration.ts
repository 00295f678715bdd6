// SPDX-License-Identifier: Apache-2.0

/** A PNE's registration with the CPNS Server: says which boot it is, and leaves an epoch that the server knows better. */
import { type Boot, type BootStore, beginBoot } from '../delivery/boot.ts';
import { type Pace, Transmission } from '../delivery/transmission.ts';
import { ImplementationLimits } from '../limits.ts';
import type { RunningTimer } from '../link/timer.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { type ContentsReceived, type Message, MessageType, type RegistrationAnswer } from './message.ts';
import { Status } from './status.ts';

export interface PneRegistrationOptions {
  readonly pneId: string;
  readonly boots: BootStore;
  readonly pace: Pace;
  fillRandom(target: Uint8Array): void;
  contents(): ContentsReceived;
  send(message: Message): void;
  /**
   * Messages pass, in the PNE's epoch, its boot, and, downlink, in this one; the server may do what it was granted. What
   * it refuses is no answer.
   */
  onRegistered(contentsEpoch: number, boot: number, grant: Uint8Array | undefined): void;
  /** The server grants nothing: nothing is to be sent until it has registered. */
  onTurnedAway(): void;
  /** Another epoch follows: what was sent in the former one has no known outcome. */
  onEpochLeft(): void;
  /** The server does not answer. */
  onSilence(): void;
  onRefused(reason: ReasonName): void;
}

export class PneRegistration {
  private readonly options: PneRegistrationOptions;
  private readonly transmission: Transmission;
  private boot: Boot | undefined;
  /** The highest epoch that the server has told of. */
  private known = 0;
  private retry: RunningTimer | undefined;
  private answered = false;

  constructor(options: PneRegistrationOptions) {
    this.options = options;
    this.transmission = new Transmission(options.pace, () => this.send(), options.onSilence);
  }

  /** Whether the server has answered since the last start: the epochs of both directions are agreed on. */
  get isDone(): boolean {
    return this.answered;
  }

  /** Registers, and goes on until the server has answered. Keeps trying where the store does not take the epoch. */
  start(): void {
    this.stop();
    this.answered = false;
    try {
      this.boot ??= beginBoot(this.options.boots, this.options.fillRandom, this.known);
      this.transmission.start();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.retry = this.options.pace.after(ImplementationLimits.storeRetryMs, () => this.start());
      this.options.onRefused(error.reasonName);
    }
  }

  /** Safe to call twice. */
  stop(): void {
    this.transmission.stop();
    this.retry?.cancel();
  }

  /**
   * Takes the server's answer, unless it is to a registration of an epoch that was left. Refuses `messageInvalid` for a
   * status that no registration has.
   */
  handle({ status, answered, epoch, grant }: RegistrationAnswer): void {
    if (answered !== this.boot?.epoch) return;
    if (status === Status.epochBehind) return this.leave(epoch);
    if (status === Status.notAuthorized) return this.wait();
    if (status !== Status.ok) refuse('messageInvalid');
    this.options.onRegistered(epoch, answered, grant);
    this.stop();
    this.answered = true;
  }

  private send(): void {
    const { pneId, contents, send } = this.options;
    send({ type: MessageType.registration, pneId, ...this.boot!, contents: contents() });
  }

  /** Whoever may grant it will not say when. */
  private wait(): void {
    this.stop();
    this.answered = false;
    this.retry = this.options.pace.after(ImplementationLimits.authorizationRetryMs, () => this.start());
    this.options.onTurnedAway();
    this.options.onRefused('notAuthorized');
  }

  /** This store was rolled back or erased, or there are two of this device. */
  private leave(known: number): void {
    this.known = known;
    this.boot = undefined;
    this.options.onRefused('epochBehind');
    this.options.onEpochLeft();
    this.start();
  }
}
