// SPDX-License-Identifier: Apache-2.0

import type { Membership } from '../groups/epoch.ts';
import type { BoundKeys, KeyHost, PneKeys } from './pne-keys.ts';

/**
 * A part of a PNE's program beside its key management, which has messages of CPNS-3 of its own: an image without room leaves
 * it out. What is not its own it passes on.
 */
export abstract class KeyPart implements PneKeys, BoundKeys {
  protected host!: KeyHost;
  /** Messages pass. */
  protected isReady = false;
  private readonly keys: PneKeys;
  private bound!: BoundKeys;

  constructor(keys: PneKeys) {
    this.keys = keys;
  }

  get groups(): readonly Membership[] {
    return this.keys.groups;
  }

  publish(reference: number, value: unknown): void {
    this.keys.publish(reference, value);
  }

  join(reference: number): void {
    this.keys.join(reference);
  }

  leave(reference: number): void {
    this.keys.leave(reference);
  }

  bind(host: KeyHost): BoundKeys {
    this.host = host;
    this.bound = this.keys.bind(host);
    return this;
  }

  start(boot: number): void {
    this.bound.start(boot);
    this.isReady = true;
  }

  stop(): void {
    this.isReady = false;
    this.bound.stop();
  }

  receive(message: Uint8Array): void {
    this.bound.receive(message);
  }

  receiveContent(content: Uint8Array): void {
    this.bound.receiveContent(content);
  }
}
