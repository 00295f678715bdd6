// SPDX-License-Identifier: Apache-2.0

/** Watches what becomes of readings while a network is attacked. */
import type { FaredView } from '../../../src/node/page/state.ts';
import type { Target } from './target.ts';
import { happens } from './until.ts';

/** Readings that are under way at the end of an attack may be sent again twice. */
const PATIENCE_MS = 60_000;

export class Witness {
  private readonly target: Target;
  private readonly altered: number;
  private readonly seen = new Set<string>();
  /** Ends it. */
  readonly stop: () => void;
  private received = 0;
  private doubled = 0;

  constructor(target: Target) {
    this.target = target;
    this.altered = target.account.changed.length;
    this.stop = target.onArrival(({ pne, reading }) => this.count(`${pne} ${reading.id}`));
  }

  /** Waits for what is under way. */
  async settle(): Promise<FaredView> {
    const { account } = this.target;
    const { open } = account;
    const left = () => open.filter((reading) => !account.hasArrived(reading)).length;
    await happens(() => left() === 0, PATIENCE_MS);
    const { received, doubled } = this;
    return { received, doubled, lost: left(), altered: account.changed.length - this.altered };
  }

  private count(name: string): void {
    this.received += 1;
    if (this.seen.has(name)) this.doubled += 1;
    this.seen.add(name);
  }
}
