// SPDX-License-Identifier: Apache-2.0

/**
 * Users that have proved who they are at this PN GW, each for a PNE of its own. He is registered with the server, again
 * and again until that has given the PNE his key, or refused; meanwhile the PNE is told to ask for it, if it is here.
 */
import { equalBytes } from '../bytes/compare.ts';
import { Transmission } from '../delivery/transmission.ts';
import type { After } from '../link/timer.ts';
import type { Registration } from './gateway-control.ts';
import { Status } from './status.ts';

export interface GatewayRegistrationsOptions {
  readonly after: After;
  /** Evenly spread from 0 to 1. */
  random(): number;
  /** Tells a PNE whose key to ask for, where it is here. */
  trigger(pneId: string, user: string): void;
  /** The server has answered for good: `ok`, or why not. */
  onSettled(registration: Registration, status: number): void;
}

/** A secured link to the server. */
export type Register = (number: number, registration: Registration) => void;

interface Waiting {
  readonly registration: Registration;
  readonly number: number;
  readonly transmission: Transmission;
}

export class GatewayRegistrations {
  /** Answers of the server so far. */
  heard = 0;
  readonly after: After;
  private readonly options: GatewayRegistrationsOptions;
  /** By the id of the PNE. */
  private readonly waiting = new Map<string, Waiting>();
  private server: Register | undefined;
  private next = 0;

  constructor(options: GatewayRegistrationsOptions) {
    this.options = options;
    this.after = options.after;
  }

  random(): number {
    return this.options.random();
  }

  /** These are to be registered, and no others. */
  set(registrations: readonly Registration[]): void {
    for (const [pneId, { registration, transmission }] of this.waiting) {
      if (registrations.some((each) => isSame(each, registration))) continue;
      transmission.stop();
      this.waiting.delete(pneId);
    }
    for (const registration of registrations)
      if (!this.waiting.has(registration.pneId)) this.add(registration);
  }

  /** There is a server, which knows nothing of them yet. */
  attach(server: Register): void {
    this.server = server;
    for (const { transmission } of this.waiting.values()) transmission.start();
  }

  detach(): void {
    this.server = undefined;
    for (const { transmission } of this.waiting.values()) transmission.stop();
  }

  /** What the server says of the registration under this number. Unknown numbers are of what is past. */
  answered(number: number, status: number): void {
    this.heard += 1;
    const found = [...this.waiting.values()].find((each) => each.number === number);
    if (found === undefined) return;
    const { registration, transmission } = found;
    if (status === Status.busy) return;
    if (status === Status.userRegistered) return this.options.trigger(registration.pneId, registration.user);
    transmission.stop();
    this.waiting.delete(registration.pneId);
    this.options.onSettled(registration, status);
  }

  private add(registration: Registration): void {
    const number = this.next;
    this.next += 1;
    const transmission = new Transmission(this, () => this.server?.(number, registration));
    this.waiting.set(registration.pneId, { registration, number, transmission });
    if (this.server !== undefined) transmission.start();
  }
}

function isSame(a: Registration, b: Registration): boolean {
  return a.pneId === b.pneId && a.user === b.user && equalBytes(a.proof, b.proof);
}
