// SPDX-License-Identifier: Apache-2.0

/**
 * Bytes as an ESP32 has them from its UART and gives them to it: by interrupts, each of which moves some. Of 128 bytes of
 * FIFO one comes for 120 that are in, or for fewer after a silence, and one when all but 10 have gone out, which are
 * ESP-IDF's settings.
 */
import type { Socket } from 'node:net';

/** Bytes that an interrupt moves at most. */
export const RECEIVED = 120;
export const SENT = 118;
/** Bits of a byte, with start and stop. */
const BITS = 10;
/** The line stands still once in so many bursts, for so many of the longest: as where XS is slow. */
const STILL_ONE_IN = 50;
const STILL_BURSTS = 60;
/** Bytes that wait before the sender has to. */
const MAX_WAITING = 1024;

export interface Burst {
  /** Bytes a burst at most: RECEIVED or SENT. */
  readonly most: number;
  readonly baud: number;
  /** From 0 to below 1. */
  random(): number;
}

/** What passed in one direction. */
export interface Passed {
  bytes: number;
  bursts: number;
}

/** Passes on what comes, in bursts of random length. Ends `to` with `from`. */
export function passInBursts(from: Socket, to: Socket, burst: Burst, passed: Passed): void {
  let waiting = Buffer.alloc(0);
  let isUnderWay = false;

  function proceed(): void {
    isUnderWay = waiting.length > 0 && !to.destroyed;
    if (!isUnderWay) return;
    const count = 1 + Math.floor(burst.random() * Math.min(burst.most, waiting.length));
    to.write(waiting.subarray(0, count));
    waiting = waiting.subarray(count);
    passed.bytes += count;
    passed.bursts += 1;
    if (waiting.length < MAX_WAITING) from.resume();
    const isStill = burst.random() < 1 / STILL_ONE_IN;
    setTimeout(proceed, milliseconds(isStill ? STILL_BURSTS * burst.most : count, burst.baud));
  }

  from.setNoDelay(true);
  from.on('data', (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes]);
    if (waiting.length >= MAX_WAITING) from.pause();
    if (!isUnderWay) proceed();
  });
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}

function milliseconds(bytes: number, baud: number): number {
  return (1000 * BITS * bytes) / baud;
}
