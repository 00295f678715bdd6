// SPDX-License-Identifier: Apache-2.0

/**
 * Datagrams over a byte stream:
 *
 *     +--------+--------+----------------+
 *     |  length (uint16)| message        |   1 <= length <= linkMaxMessageBytes
 *     +--------+--------+----------------+
 *
 *     +--------+--------+
 *     |   0    |   0    |                    a beat, on streams that have them: no message
 *     +--------+--------+
 */
import { withHead } from '../bytes/copy.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

const HEADER_BYTES = 2;

/** Frames one message. Refuses `frameInvalid` for an empty one, `tooLong` past the link limit. */
export function encodeFrame(message: Uint8Array): Uint8Array {
  if (message.length === 0) refuse('frameInvalid');
  if (message.length > ImplementationLimits.linkMaxMessageBytes) refuse('tooLong');
  return withHead(message.length, HEADER_BYTES, message);
}

/** The sign of life that is no message. */
export function encodeBeat(): Uint8Array {
  return new Uint8Array(HEADER_BYTES);
}

/**
 * Cuts a byte stream back into messages. Holds at most one frame, whatever the peer sends. After a
 * refusal the stream has lost its framing: the owner closes it.
 */
export class FrameAssembler {
  private readonly onMessage: (message: Uint8Array) => void;
  private readonly maxBytes: number;
  private readonly onBeat: (() => void) | undefined;
  private readonly header = new Uint8Array(HEADER_BYTES);
  private headerFilled = 0;
  private body: Uint8Array | undefined;
  private bodyFilled = 0;

  /**
   * `maxBytes`: of one message; its length is believed before its bytes have come. Without `onBeat` a beat is
   * refused.
   */
  constructor(
    onMessage: (message: Uint8Array) => void,
    maxBytes: number = ImplementationLimits.linkMaxMessageBytes,
    onBeat?: () => void,
  ) {
    this.onMessage = onMessage;
    this.maxBytes = maxBytes;
    this.onBeat = onBeat;
  }

  /** Takes the next bytes of the stream. Refuses `frameInvalid`, `tooLong`. */
  push(bytes: Uint8Array): void {
    let offset = 0;
    while (offset < bytes.length) {
      offset +=
        this.body === undefined ? this.takeHeader(bytes, offset) : this.takeBody(this.body, bytes, offset);
    }
  }

  private takeHeader(bytes: Uint8Array, offset: number): number {
    this.header[this.headerFilled++] = bytes[offset]!;
    if (this.headerFilled < HEADER_BYTES) return 1;
    const length = (this.header[0]! << 8) | this.header[1]!;
    this.headerFilled = 0;
    if (length === 0) {
      if (this.onBeat === undefined) refuse('frameInvalid');
      this.onBeat();
      return 1;
    }
    if (length > this.maxBytes) refuse('tooLong');
    this.body = new Uint8Array(length);
    this.bodyFilled = 0;
    return 1;
  }

  private takeBody(body: Uint8Array, bytes: Uint8Array, offset: number): number {
    const taken = Math.min(body.length - this.bodyFilled, bytes.length - offset);
    body.set(bytes.subarray(offset, offset + taken), this.bodyFilled);
    this.bodyFilled += taken;
    if (this.bodyFilled < body.length) return taken;
    this.body = undefined;
    this.onMessage(body);
    return taken;
  }
}
