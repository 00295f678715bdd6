// SPDX-License-Identifier: Apache-2.0

/** Where a simulated device keeps its boot counter and its keys, and what can happen to it. */
import type { BootStore } from '../../src/delivery/boot.ts';
import { KeyFile } from './key-file.ts';

/** How a store treats writes: takes them, is full, or fails after it has written all the same. */
export type StoreMood = 'good' | 'full' | 'torn';

export class BootFile {
  mood: StoreMood = 'good';
  readonly keys = new KeyFile();
  private epoch: number | undefined;
  private readonly history: (number | undefined)[] = [undefined];

  /** A copy of what is in it and can be read elsewhere, as of a device that is cloned. */
  copy(): BootFile {
    const file = new BootFile();
    file.epoch = this.epoch;
    return file;
  }

  /** What a device that starts finds. */
  open(): BootStore {
    const read = () => this.epoch;
    return {
      get epoch(): number | undefined {
        return read();
      },
      write: (epoch) => this.write(epoch),
    };
  }

  erase(): void {
    this.epoch = undefined;
    this.keys.erase();
  }

  /** Something is there that no device can have counted. */
  corrupt(to: number): void {
    this.epoch = to;
  }

  /** Returns to the state before so many writes. */
  rollBack(writes: number): void {
    this.epoch = this.history[Math.max(0, this.history.length - 1 - writes)];
    this.keys.rollBack(writes);
  }

  private write(epoch: number): void {
    if (this.mood === 'full') throw new Error('the store is full');
    this.epoch = epoch;
    this.history.push(epoch);
    if (this.mood === 'torn') throw new Error('input/output error');
  }
}
