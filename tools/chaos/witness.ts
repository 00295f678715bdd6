// SPDX-License-Identifier: Apache-2.0

/**
 * Keeps account of readings and contents, from outside the roles: what was reported, what is stored at the server,
 * what was confirmed. It fails a run at the step at which something is doubled, or confirmed without delivery.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import type { Outcome } from '../../src/roles/pne-readings.ts';
import type { ContentOutcome } from '../../src/roles/server-peer.ts';
import type { Snapshot } from './database.ts';
import { Violation } from './violation.ts';

interface ReadingAccount {
  readonly name: string;
  readonly pneId: string;
  /** How many readings in the server's store have its bytes. */
  delivered: number;
  outcome: Outcome | 'lost' | undefined;
  /** A fault took it from the server's store. */
  isExcused: boolean;
}

interface ContentAccount {
  readonly name: string;
  readonly pneId: string;
  shown: number;
  outcome: ContentOutcome | 'lost' | undefined;
  /** A fault put it back into the server's store after it was sent. */
  isExcused: boolean;
}

export class Witness {
  /** Readings that are in the server's store, or were until a fault took them. */
  delivered = 0;
  private readonly readings = new Map<string, ReadingAccount>();
  private readonly contents = new Map<string, ContentAccount>();
  /** PNEs whose readings may have an unknown outcome, for their boots were mixed up. */
  private readonly confused = new Set<string>();
  /** PNEs whose contents may: their boots ended, or the server's store is not the one it was. */
  private readonly interrupted = new Set<string>();

  /** A device with an id reports a value that no other has. Returns what it is known by here. */
  report(pneId: string, name: string, value: unknown): string {
    const key = toHex(compactPayloads.encode(value));
    this.readings.set(key, { name, pneId, delivered: 0, outcome: undefined, isExcused: false });
    return key;
  }

  /** A device that ends takes its outstanding readings with it. */
  lose(keys: Iterable<string>): void {
    for (const key of keys) this.readings.get(key)!.outcome ??= 'lost';
  }

  settle(key: string, outcome: Outcome): void {
    const reading = this.readings.get(key)!;
    if (reading.outcome !== undefined) throw new Violation(`${reading.name} has two outcomes`);
    reading.outcome = outcome;
    if (outcome === 'accepted' && reading.delivered !== 1 && !reading.isExcused)
      throw new Violation(`${reading.name} is accepted, and delivered ${reading.delivered} times`);
    if (outcome === 'rejected') throw new Violation(`${reading.name} is rejected`);
    if (outcome === 'unknown' && !this.confused.has(reading.pneId))
      throw new Violation(`the outcome of ${reading.name} is unknown without a cause`);
  }

  /** Readings that are in the server's store now, and were not before; or with other bytes under their ids. */
  store(pneId: string, added: readonly string[], replaced: readonly string[]): void {
    for (const key of replaced) throw new Violation(`${this.nameOf(key)} is replaced in the store`);
    for (const key of added) {
      const reading = this.readings.get(key);
      if (reading?.pneId !== pneId) throw new Violation(`${pneId} delivered what nobody reported`);
      reading.delivered += 1;
      if (!reading.isExcused) this.delivered += 1;
      if (reading.delivered > 1) throw new Violation(`${reading.name} is delivered twice`);
    }
  }

  /** A fault put an earlier state of the server's store in the place of the present one. */
  restore(pneIds: readonly string[], present: Snapshot, restored: Snapshot): void {
    for (const pneId of pneIds) {
      const left = new Set(restored.get(pneId)?.readings.values());
      for (const key of present.get(pneId)?.readings.values() ?? []) {
        if (left.has(key)) continue;
        const reading = this.readings.get(key)!;
        reading.delivered -= 1;
        reading.isExcused = true;
      }
      this.confuse(pneId);
    }
  }

  /** The boots of a PNE are no longer told apart by its counter alone: rolled back, erased, or two devices. */
  confuse(pneId: string): void {
    this.confused.add(pneId);
    this.interrupt(pneId);
  }

  interrupt(pneId: string): void {
    this.interrupted.add(pneId);
  }

  /** The server was told to deliver a value that no other content has. */
  deliver(pneId: string, name: string): void {
    this.contents.set(name, { name, pneId, shown: 0, outcome: undefined, isExcused: false });
  }

  /** The server's store did not take it, or lost it. */
  loseContent(name: string): void {
    this.contents.get(name)!.outcome ??= 'lost';
  }

  /** It is in the server's store as it was once before. */
  reviveContent(name: string): void {
    const content = this.contents.get(name)!;
    if (content.shown > 0 || content.outcome !== undefined) content.isExcused = true;
    content.outcome = undefined;
  }

  /** Where it is a content: it is no longer in the server's store, and the server ended before it could say why. */
  concludeContent(name: string): void {
    const content = this.contents.get(name);
    if (content === undefined || content.outcome !== undefined) return;
    if (content.shown === 1) content.outcome = 'delivered';
    // It was given up for a boot that ended: its owner finds it gone from the queue.
    else if (this.interrupted.has(content.pneId)) content.outcome = 'unknown';
  }

  show(pneId: string, name: string): void {
    const content = this.contents.get(name);
    if (content?.pneId !== pneId) throw new Violation(`${pneId} is shown what nobody delivered to it`);
    content.shown += 1;
    if (content.shown > 1 && !content.isExcused) throw new Violation(`${content.name} is shown twice`);
  }

  settleContent(name: string, outcome: ContentOutcome): void {
    const content = this.contents.get(name)!;
    if (outcome === 'rejected') throw new Violation(`${name} is rejected`);
    if (outcome === 'delivered' && content.shown !== 1 && !content.isExcused)
      throw new Violation(`${name} is reported as delivered, and was shown ${content.shown} times`);
    if (outcome === 'unknown' && !this.interrupted.has(content.pneId))
      throw new Violation(`the outcome of ${name} is unknown without a cause`);
    content.outcome = outcome;
  }

  /** What has no outcome, once everything has had its time. */
  get unsettled(): string[] {
    const open = [...this.readings.values(), ...this.contents.values()];
    return open.filter(({ outcome }) => outcome === undefined).map(({ name }) => name);
  }

  private nameOf(key: string): string {
    return this.readings.get(key)?.name ?? 'something unknown';
  }
}
