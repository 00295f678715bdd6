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
  const plain = new Uint8Array(body.length + CHECK_BYTES);
  plain.set(body);
  const check = crc(body, body.length) ^ kind;
  plain[body.length] = check & 0xff;
  plain[body.length + 1] = check >> 8;
  return stuff(plain);
}

/** Cuts a byte stream back into bodies. Holds at most one frame, whatever comes. What is no frame is dropped. */
export class LineFrameReader {
  /** Frames that were altered, too long, or no frames. */
  dropped = 0;
  private readonly maxBytes: number;
  private readonly onBody: (kind: LineFrameKind, body: Uint8Array) => void;
  private buffer: Uint8Array | undefined;
  private filled = 0;

  /** `maxBytes`: of one body. `onBody` borrows the body for the call. */
  constructor(maxBytes: number, onBody: (kind: LineFrameKind, body: Uint8Array) => void) {
    this.maxBytes = maxBytes;
    this.onBody = onBody;
  }

  /** Takes the next bytes of the stream, borrowed for the call. */
  push(bytes: Uint8Array): void {
    let at = 0;
    for (;;) {
      const zero = bytes.indexOf(0, at);
      if (zero < 0) return this.keep(bytes.subarray(at), SPARE_BYTES);
      this.keep(bytes.subarray(at, zero), 0);
      this.finish();
      at = zero + 1;
    }
  }

  /** With room for so many more. Of what is too long for a frame it counts the bytes alone. */
  private keep(part: Uint8Array, spareBytes: number): void {
    const filled = this.filled + part.length;
    if (filled <= stuffedBytes(this.maxBytes + CHECK_BYTES)) this.append(part, filled, spareBytes);
    else this.buffer = undefined;
    this.filled = filled;
  }

  private append(part: Uint8Array, filled: number, spareBytes: number): void {
    if (part.length === 0) return;
    if (this.buffer === undefined || this.buffer.length < filled) {
      const larger = new Uint8Array(filled + spareBytes);
      if (this.buffer !== undefined) larger.set(this.buffer.subarray(0, this.filled));
      this.buffer = larger;
    }
    this.buffer.set(part, this.filled);
  }

  /** What comes in while the body is handled is of the next frame. */
  private finish(): void {
    const { buffer, filled } = this;
    if (filled === 0) return;
    this.buffer = undefined;
    this.filled = 0;
    const plain = buffer === undefined ? undefined : unstuff(buffer.subarray(0, filled));
    if (plain === undefined || !this.take(plain)) this.dropped += 1;
  }

  private take(plain: Uint8Array): boolean {
    const length = plain.length - CHECK_BYTES;
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

function stuff(plain: Uint8Array): Uint8Array {
  const { length } = plain;
  const frame = new Uint8Array(stuffedBytes(length) + 2);
  let from = 0;
  let to = 1;
  do {
    const zero = plain.indexOf(0, from);
    const end = Math.min(zero < 0 ? length : zero, from + LONGEST_RUN);
    const run = end - from;
    frame[to] = run + 1;
    frame.set(plain.subarray(from, end), to + 1);
    to += run + 1;
    // The longest run stands for no zero, and at the end nothing needs to follow it.
    from = run < LONGEST_RUN ? end + 1 : end === length ? end + 1 : end;
  } while (from <= length);
  return frame.subarray(0, to + 1);
}

/** `frame` has no zeros, and is written over. Returns undefined for whatever `stuff` would not have written. */
function unstuff(frame: Uint8Array): Uint8Array | undefined {
  const { length } = frame;
  let from = 0;
  let to = 0;
  let standsForZero = true;
  while (from < length) {
    const run = frame[from]! - 1;
    const end = from + 1 + run;
    if (end > length) return undefined;
    // An empty run at the end says that the one before stood for a zero.
    if (run === 0 && end === length && !standsForZero) return undefined;
    frame.copyWithin(to, from + 1, end);
    to += run;
    standsForZero = run < LONGEST_RUN;
    if (standsForZero && end < length) frame[to++] = 0;
    from = end;
  }
  return frame.subarray(0, to);
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
