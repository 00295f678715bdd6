// SPDX-License-Identifier: Apache-2.0

/** The storage of a board, of which the power fails where it is told. */
import type { Medium } from '../../src/store/medium.ts';

/** What everything gets that asks for storage without power. */
export class PowerCut extends Error {}

/** A value that is written under a name; without a value it is removed. */
export interface MediumChange {
  readonly name: string;
  readonly value?: Uint8Array;
}

/** The power fails at this change of the medium, which is made or not. */
export interface Cut {
  readonly at: number;
  readonly isMade: boolean;
}

export class CutMedium implements Medium {
  isOff = false;
  /** What was there when the operation began, and the changes since then. */
  initial: readonly MediumChange[] = [];
  readonly changes: MediumChange[] = [];
  /** What ends at once with the power. */
  onCut: () => void = () => {};
  private values = new Map<string, Uint8Array>();
  private readonly cuts: Cut[];
  /** Changes since the operation began, or the power came back. */
  private made: number | undefined;

  /** The first cut comes in the operation, each further one after the power came back. */
  constructor(cuts: readonly Cut[] = []) {
    this.cuts = [...cuts];
  }

  /** From here on changes count. */
  begin(): void {
    this.initial = [...this.values].map(([name, value]) => ({ name, value }));
    this.made = 0;
  }

  /** From here on the power stays, and changes do not count. */
  end(): void {
    this.made = undefined;
  }

  powerOn(): void {
    this.isOff = false;
    this.made = 0;
    this.cuts.shift();
  }

  get names(): string[] {
    return [...this.values.keys()];
  }

  /** What is there, apart from it. */
  copy(): CutMedium {
    const copy = new CutMedium();
    copy.values = new Map(this.values);
    return copy;
  }

  read(name: string): Uint8Array | undefined {
    if (this.isOff) throw new PowerCut();
    return this.values.get(name)?.slice();
  }

  write(name: string, value: Uint8Array): void {
    this.change({ name, value: value.slice() });
  }

  remove(name: string): void {
    if (this.isOff) throw new PowerCut();
    if (this.values.has(name)) this.change({ name });
  }

  private change(change: MediumChange): void {
    if (this.isOff) throw new PowerCut();
    const cut = this.made === this.cuts[0]?.at ? this.cuts[0] : undefined;
    if (cut?.isMade !== false) this.apply(change);
    if (this.made !== undefined) this.made += 1;
    if (cut === undefined) return;
    this.isOff = true;
    this.onCut();
    throw new PowerCut();
  }

  private apply(change: MediumChange): void {
    if (this.made !== undefined) this.changes.push(change);
    if (change.value === undefined) this.values.delete(change.name);
    else this.values.set(change.name, change.value);
  }
}
