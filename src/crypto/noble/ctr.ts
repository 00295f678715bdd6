// SPDX-License-Identifier: Apache-2.0

import { encryptBlock } from './aes.ts';
import { swapBytes } from './blocks.ts';

/** A counter block and room for the key stream, made once per key. Words are in memory order (see aes.ts). */
export interface CounterMode {
  readonly schedule: Int32Array;
  /** The counter block with its counter bits zero. They are at its end, big-endian. */
  readonly counterBlock: Int32Array;
  readonly keyStream: Int32Array;
}

export function createCounterMode(schedule: Int32Array): CounterMode {
  return Object.freeze({ schedule, counterBlock: new Int32Array(4), keyStream: new Int32Array(4) });
}

/** XORs the key stream from counter value `first` on onto whole blocks (SP 800-38A section 6.5). */
export function xorKeyStream(mode: CounterMode, first: number, words: Int32Array, blocks: number): void {
  const { schedule, counterBlock, keyStream } = mode;
  let at = 0;
  for (let counter = first; counter < first + blocks; counter++) {
    keyStream[0] = counterBlock[0]!;
    keyStream[1] = counterBlock[1]!;
    keyStream[2] = counterBlock[2]!;
    keyStream[3] = counterBlock[3]! | swapBytes(counter);
    encryptBlock(schedule, keyStream);
    words[at] = words[at]! ^ keyStream[0]!;
    words[at + 1] = words[at + 1]! ^ keyStream[1]!;
    words[at + 2] = words[at + 2]! ^ keyStream[2]!;
    words[at + 3] = words[at + 3]! ^ keyStream[3]!;
    at += 4;
  }
}
