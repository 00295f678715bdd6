// SPDX-License-Identifier: Apache-2.0

/**
 * How long each peer is left alone when its connection has ended, whether it refused, was refused or was of no
 * use. Anybody can make addresses up: of peers without a bond so many are counted each for itself, and none is
 * pushed out. Those beyond share one count, which leaves peers with a bond as they are.
 */
import { ImplementationLimits } from '../../limits.ts';
import type { After, RunningTimer } from '../../link/timer.ts';
import { type Bonds, nameOf, type Peer } from './bonds.ts';

export interface BackoffOptions {
  readonly bonds: Bonds;
  readonly after: After;
  /** From 0 to below 1: peers that were lost together do not come back together. */
  random(): number;
}

interface Count {
  /** Connections of no use, one after the other. */
  useless: number;
  isWaiting: boolean;
  timer: RunningTimer | undefined;
}

export class Backoff {
  private readonly options: BackoffOptions;
  private readonly bonded = new Map<string, Count>();
  private readonly strangers = new Map<string, Count>();
  /** Of all strangers that have no room of their own. */
  private readonly others: Count = { useless: 0, isWaiting: false, timer: undefined };

  constructor(options: BackoffOptions) {
    this.options = options;
  }

  isWaiting(peer: Peer): boolean {
    return this.countOf(peer)?.isWaiting === true;
  }

  /** Its connection has ended. Returns for how long it is left alone, in milliseconds. */
  ended(peer: Peer, wasUseful: boolean): number {
    const counts = this.countsOf(peer);
    const name = nameOf(peer);
    const count = this.countOf(peer) ?? { useless: 0, isWaiting: false, timer: undefined };
    if (count === this.others) {
      // One that is of use says nothing of the rest.
      return wasUseful ? 0 : this.wait(count, () => undefined);
    }
    counts.set(name, count);
    if (wasUseful) count.useless = 0;
    return this.wait(count, () => counts.delete(name));
  }

  /** The peer may be tried at once: its owner says so. */
  forgive(peer: Peer): void {
    for (const counts of [this.bonded, this.strangers]) {
      counts.get(nameOf(peer))?.timer?.cancel();
      counts.delete(nameOf(peer));
    }
  }

  /** Forgets all counts, and leaves no timer. */
  stop(): void {
    for (const count of [...this.bonded.values(), ...this.strangers.values(), this.others])
      count.timer?.cancel();
    this.bonded.clear();
    this.strangers.clear();
  }

  private countsOf(peer: Peer): Map<string, Count> {
    return this.options.bonds.find(peer) === undefined ? this.strangers : this.bonded;
  }

  private countOf(peer: Peer): Count | undefined {
    const counts = this.countsOf(peer);
    const isFull =
      counts === this.strangers && counts.size >= ImplementationLimits.gatewayMaxCountedStrangers;
    return counts.get(nameOf(peer)) ?? (isFull ? this.others : undefined);
  }

  private wait(count: Count, onForgotten: () => void): number {
    const { after, random } = this.options;
    const { gatewayRetryFirstMs, gatewayRetryMaxMs, gatewayRetryMemoryMs } = ImplementationLimits;
    const longest = Math.min(gatewayRetryFirstMs * 2 ** count.useless, gatewayRetryMaxMs);
    count.useless += 1;
    count.isWaiting = true;
    count.timer?.cancel();
    const milliseconds = longest * (1 - random() / 2);
    count.timer = after(milliseconds, () => {
      count.isWaiting = false;
      count.timer = after(gatewayRetryMemoryMs, () => {
        count.useless = 0;
        onForgotten();
      });
    });
    return milliseconds;
  }
}
