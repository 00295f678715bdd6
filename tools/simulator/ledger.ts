// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../../src/bytes/compare.ts';
import type { Reading } from './input/row.ts';

/** A reading that the server does not have as it was given to the PNE, or that no PNE was given. */
export interface MissingReading {
  readonly line: number;
  /** Undefined where it is unsent. */
  readonly pne?: string;
  readonly problem: 'missing' | 'altered' | 'unsent';
}

/** Readings of a PNE between two of its starts. It numbers them on from an id that it chooses. */
interface Boot {
  /** Id of its first reading, once one has arrived. */
  firstId: number | undefined;
  given: number;
  /** What has not arrived, by its place in the order. */
  readonly open: Map<number, Reading>;
}

interface Account {
  /** The latest, and the one before it: what that one sent may still be under way. */
  readonly boots: [latest: Boot, former: Boot | undefined];
  received: number;
  /** Given to the latest boot and not arrived. */
  readonly undelivered: Set<Reading>;
}

/** What each PNE was given and what of it the server received, byte for byte. */
export class Ledger {
  private readonly accounts = new Map<string, Account>();
  private readonly altered: MissingReading[] = [];
  private readonly arrived = new WeakSet<Reading>();
  /** Given to a PNE that has started anew since, and to nobody again. */
  private readonly inVain = new Set<Reading>();

  add(pne: string): void {
    this.accounts.set(pne, { boots: [newBoot(), undefined], received: 0, undelivered: new Set() });
  }

  /** Readings that are on their way, at all PNEs together. */
  get underWay(): number {
    return [...this.accounts.values()].reduce((sum, { undelivered }) => sum + undelivered.size, 0);
  }

  /** The readings that are, and those that wait to be given again. */
  get open(): Reading[] {
    const underWay = [...this.accounts.values()].flatMap(({ undelivered }) => [...undelivered]);
    return [...underWay, ...this.inVain];
  }

  hasArrived(reading: Reading): boolean {
    return this.arrived.has(reading);
  }

  /** Notes a reading handed to a PNE. */
  given(pne: string, reading: Reading): void {
    const { boots, undelivered } = this.account(pne);
    boots[0].open.set(boots[0].given, reading);
    boots[0].given += 1;
    this.inVain.delete(reading);
    // A PNE that starts anew may be given what was still under way.
    if (!this.arrived.has(reading)) undelivered.add(reading);
  }

  /** Notes that a PNE starts anew, or never again. Returns what it was given in vain, in order, for somebody else. */
  restarted(pne: string): Reading[] {
    const { boots, undelivered } = this.account(pne);
    const [latest] = boots;
    boots[1] = latest;
    boots[0] = newBoot();
    const inVain = [...undelivered];
    undelivered.clear();
    for (const reading of inVain) this.inVain.add(reading);
    return inVain;
  }

  /** Notes a payload that the server verified. One that nobody was given counts as altered, line 0. */
  received(pne: string, id: number, payload: Uint8Array): void {
    const account = this.account(pne);
    const reading = takeFrom(account.boots, id, payload);
    if (reading === undefined || !equalBytes(reading.payload, payload))
      this.altered.push({ line: reading?.line ?? 0, pne, problem: 'altered' });
    else if (!this.arrived.has(reading)) account.received += 1;
    if (reading === undefined) return;
    account.undelivered.delete(reading);
    this.inVain.delete(reading);
    this.arrived.add(reading);
  }

  /** Readings of this PNE that the server verified byte for byte. */
  receivedOf(pne: string): number {
    return this.account(pne).received;
  }

  /** Readings that arrived otherwise than they were given. */
  get changed(): readonly MissingReading[] {
    return this.altered;
  }

  missing(): MissingReading[] {
    const missing = [...this.altered];
    for (const [pne, { undelivered }] of this.accounts) {
      for (const { line } of undelivered) missing.push({ line, pne, problem: 'missing' });
    }
    return missing.sort((a, b) => a.line - b.line);
  }

  private account(pne: string): Account {
    const account = this.accounts.get(pne);
    if (account === undefined) throw new Error(`no PNE ${pne} in the ledger`);
    return account;
  }
}

function newBoot(): Boot {
  return { firstId: undefined, given: 0, open: new Map() };
}

/** The reading that arrived under that id, of the boot that numbers it. */
function takeFrom(boots: Account['boots'], id: number, payload: Uint8Array): Reading | undefined {
  for (const boot of boots) {
    const place = boot?.firstId === undefined ? -1 : id - boot.firstId;
    const reading = boot?.open.get(place);
    if (reading !== undefined) boot!.open.delete(place);
    if (reading !== undefined) return reading;
  }
  const started = boots.find((boot) => boot?.firstId === undefined && boot?.open.size);
  return started === undefined ? undefined : takeFirst(started, id, payload);
}

/** The first to arrive of a boot says where its ids begin: mostly it is the first that was given. */
function takeFirst(boot: Boot, id: number, payload: Uint8Array): Reading {
  const open = [...boot.open];
  const [place, reading] = open.find(([, { payload: given }]) => equalBytes(given, payload)) ?? open[0]!;
  boot.firstId = id - place;
  boot.open.delete(place);
  return reading;
}
