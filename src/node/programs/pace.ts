// SPDX-License-Identifier: Apache-2.0

/** Tells each device how often it shall read, when it may have started anew: until it is told it reads nothing. */
import { Refusal } from '../../refusal.ts';
import type { Agreement } from '../../roles/interface.ts';

export interface PaceOptions {
  readonly intervalMs: number;
  /** Queues a content, or refuses. */
  deliver(pneId: string, value: unknown): void;
  onRefused(pneId: string, refusal: Refusal): void;
}

export class Pace {
  private readonly options: PaceOptions;
  /** Those with keys that are new, and who have not registered since. */
  private readonly fresh = new Set<string>();

  constructor(options: PaceOptions) {
    this.options = options;
  }

  /** Whoever has started anew has new keys. */
  agreed({ peer }: Agreement): void {
    this.fresh.add(peer.subject!);
  }

  registered(pneId: string): void {
    if (!this.fresh.delete(pneId)) return;
    const { intervalMs, deliver, onRefused } = this.options;
    try {
      deliver(pneId, { interval: intervalMs });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      onRefused(pneId, error);
    }
  }
}
