// SPDX-License-Identifier: Apache-2.0

/**
 * Datagrams over a serial line, which loses, alters and adds bytes. A frame has its own zero at either end, and
 * none within, so that a byte gone wrong costs the frame that it is in and no other:
 *
 *     +----+--------------------------------+----+
 *     | 00 | COBS(body, check: uint16 .le)  | 00 |
 *     +----+--------------------------------+----+
 *
 * COBS (Cheshire and Baker 1999) writes runs of up to 254 bytes without a zero, each behind its length + 1; a
 * length below 254 stands for the zero that followed the run too, save at the end. `check` is the CRC of RFC 1662
 * Appendix C over the body, complemented as there where the body is a message. Where it is a call (line.ts) it is
 * not, which tells the two apart.
 */
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/** What the check is combined with. */
export const LineFrameKind = Object.freeze({ message: 0xffff, call: 0 } as const);
export type LineFrameKind = (typeof LineFrameKind)[keyof typeof LineFrameKind];

const CHECK_BYTES = 2;
const LONGEST_RUN = 254;
/** By which the buffer of a frame that comes in parts grows at least. */
const SPARE_BYTES = 128;

/** Frames one body. Refuses `frameInvalid` for an empty one, `tooLong` past the link limit. */
export function encodeLineFrame(kind: LineFrameKind, body: Uint8Array): Uint8Array {
  if (body.length === 0) refuse('frameInvalid');
  if (body.length > ImplementationLimits.linkMaxMessageBytes) refuse('tooLong');
  const plainBytes = body.length + CHECK_BYTES;
  const frame = new Uint8Array(stuffedBytes(plainBytes) + 2);
  frame.set(body, 2);
  const check = crc(body, body.length) ^ kind;
  frame[plainBytes] = check & 0xff;
  frame[plainBytes + 1] = check >> 8;
  return frame.subarray(0, stuff(frame, 2 + plainBytes) + 1);
}

/** Cuts a byte stream back into bodies. Holds at most one frame, whatever comes. What is no frame is dropped. */
export class LineFrameReader {
  /** Frames that were altered, too long, or no frames. */
  dropped = 0;
  private readonly maxBytes: number;
  private readonly maxFrameBytes: number;
  private readonly onBody: (kind: LineFrameKind, body: Uint8Array) => void;
  private buffer: Uint8Array | undefined;
  private filled = 0;

  /** `maxBytes`: of one body. `onBody` borrows the body for the call. */
  constructor(maxBytes: number, onBody: (kind: LineFrameKind, body: Uint8Array) => void) {
    this.maxBytes = maxBytes;
    this.maxFrameBytes = stuffedBytes(maxBytes + CHECK_BYTES);
    this.onBody = onBody;
  }

  /** Takes the next bytes of the stream, borrowed for the call. */
  push(bytes: Uint8Array): void {
    const { length } = bytes;
    let from = 0;
    while (from < length) {
      const zero = bytes.indexOf(0, from);
      const to = zero < 0 ? length : zero;
      if (to - from === length) this.keep(bytes, SPARE_BYTES);
      else if (to > from) this.keep(bytes.subarray(from, to), zero < 0 ? SPARE_BYTES : 0);
      if (zero >= 0 && this.filled > 0) this.finish();
      from = to + 1;
    }
  }

  /** With room for so many more. Of what is too long for a frame it counts the bytes alone. */
  private keep(part: Uint8Array, spareBytes: number): void {
    const filled = this.filled + part.length;
    if (filled <= this.maxFrameBytes) this.append(part, filled, spareBytes);
    else this.buffer = undefined;
    this.filled = filled;
  }

  private append(part: Uint8Array, filled: number, spareBytes: number): void {
    const { buffer } = this;
    if (buffer === undefined || buffer.length < filled) {
      this.buffer = new Uint8Array(filled + spareBytes);
      if (buffer !== undefined) this.buffer.set(buffer);
    }
    this.buffer!.set(part, this.filled);
  }

  /** What comes in while the body is handled is of the next frame. */
  private finish(): void {
    const { buffer, filled } = this;
    this.buffer = undefined;
    this.filled = 0;
    if (buffer === undefined || !this.take(buffer, unstuff(buffer, filled))) this.dropped += 1;
  }

  private take(plain: Uint8Array, plainBytes: number): boolean {
    const length = plainBytes - CHECK_BYTES;
    if (length < 1 || length > this.maxBytes) return false;
    const kind = crc(plain, length) ^ plain[length]! ^ (plain[length + 1]! << 8);
    if (kind !== LineFrameKind.message && kind !== LineFrameKind.call) return false;
    this.onBody(kind, plain.subarray(0, length));
    return true;
  }
}

/** At most, without the zeros around. */
function stuffedBytes(plainBytes: number): number {
  return plainBytes + 1 + Math.floor(plainBytes / LONGEST_RUN);
}

/** Makes a frame of one whose plain bytes lie from 2 to `end`, with a zero behind them. Returns where it ends then. */
function stuff(frame: Uint8Array, end: number): number {
  let length = 1;
  let zero = 1;
  let to = end;
  for (;;) {
    if (zero === length) zero = frame.indexOf(0, length + 1);
    const next = Math.min(zero, length + 1 + LONGEST_RUN);
    const isLongest = next - length > LONGEST_RUN;
    frame[length] = next - length;
    if (next === to) return to;
    length = next;
    if (!isLongest) continue;
    // It stands for no zero: what follows makes room for its own length.
    frame.copyWithin(next + 1, next, to);
    to += 1;
    zero += 1;
  }
}

/** Of a buffer's first bytes, without zeros, makes plain ones. Returns how many; 0 for what `stuff` does not write. */
function unstuff(frame: Uint8Array, length: number): number {
  let from = 0;
  let to = 0;
  let standsForZero = true;
  while (from < length) {
    const run = frame[from]! - 1;
    const end = from + 1 + run;
    // An empty run at the end says that the one before stood for a zero.
    if (end > length || (run === 0 && end === length && !standsForZero)) return 0;
    frame.copyWithin(to, from + 1, end);
    to += run;
    standsForZero = run < LONGEST_RUN;
    if (standsForZero && end < length) frame[to++] = 0;
    from = end;
  }
  return to;
}

/** x^16 + x^12 + x^5 + 1, least significant bit first, from all ones, a byte at a time without a table. */
function crc(bytes: Uint8Array, length: number): number {
  let remainder = 0xffff;
  for (let index = 0; index < length; index += 1) {
    let low = (remainder ^ bytes[index]!) & 0xff;
    low = (low ^ (low << 4)) & 0xff;
    remainder = (remainder >> 8) ^ (low << 8) ^ (low << 3) ^ (low >> 4);
  }
  return remainder;
}
