// SPDX-License-Identifier: Apache-2.0

/**
 * Links over a serial line, the same at both ends. A line breaks without a word and is joined again without one;
 * who was at its other end may have forgotten everything meanwhile. So each end calls, at an interval:
 *
 *     call = own (3 bytes), heard (3 bytes)        in a frame of line-frame.ts
 *
 * `own` is a number that an end draws anew for each link that it ends itself, and `heard` the other's, 0 before any.
 * A link is there once both have heard each other: what is sent on it meets nothing older. It ends where the other's
 * number changes, or where nothing is heard for several intervals.
 */
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { PLAIN_STREAM } from './attestation.ts';
import { encodeLineFrame, LineFrameKind, LineFrameReader } from './line-frame.ts';
import type { Link, LinkEvents } from './link.ts';
import type { After, RunningTimer } from './timer.ts';

export interface LineOptions {
  readonly after: After;
  fillRandom(target: Uint8Array): void;
  /** Queues a frame, borrowed for the call. False where there is no room: nothing is queued then. */
  write(frame: Uint8Array): boolean;
  /** Bytes of one message that is taken. */
  readonly maxMessageBytes: number;
  /** Adopts each link. */
  onLink(link: Link): LinkEvents;
}

const NUMBER_BYTES = 3;
const { lineCallMs, lineMaxSilentCalls } = ImplementationLimits;

/** One end of a line that is open. It calls, and its owner hands over each link that it has, one at a time. */
export class Line {
  private readonly options: LineOptions;
  private readonly reader: LineFrameReader;
  private own: number;
  private heard = 0;
  private link: Link | undefined;
  private events: LinkEvents | undefined;
  private silentCalls = 0;
  private timer: RunningTimer | undefined;
  private isClosed = false;

  constructor(options: LineOptions) {
    this.options = options;
    this.reader = new LineFrameReader(options.maxMessageBytes, (kind, body) => this.receive(kind, body));
    this.own = this.draw();
    this.tick();
  }

  /** Takes what came, borrowed for the call. Bytes that are no frames are dropped. */
  push(bytes: Uint8Array): void {
    this.reader.push(bytes);
  }

  /** Ends the link and is silent from then on. Safe to call twice. */
  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
    this.drop();
  }

  /** Of LineLink. Refuses `linkClosed` on a link that has ended, `tooLong`, `queueFull`. */
  sendOn(link: Link, message: Uint8Array): void {
    if (this.link !== link) refuse('linkClosed');
    if (!this.options.write(encodeLineFrame(LineFrameKind.message, message))) refuse('queueFull');
  }

  /** Of LineLink. */
  endLink(link: Link): void {
    if (this.link !== link) return;
    this.end();
    this.call();
  }

  private draw(): number {
    const bytes = new Uint8Array(NUMBER_BYTES);
    this.options.fillRandom(bytes);
    return readNumber(bytes, 0) || 1;
  }

  private tick(): void {
    if (this.link !== undefined && this.silentCalls >= lineMaxSilentCalls) this.end();
    if (this.isClosed) return;
    this.silentCalls += 1;
    this.call();
    this.timer = this.options.after(lineCallMs, () => this.tick());
  }

  private call(): void {
    const body = new Uint8Array(2 * NUMBER_BYTES);
    writeNumber(body, 0, this.own);
    writeNumber(body, NUMBER_BYTES, this.heard);
    this.options.write(encodeLineFrame(LineFrameKind.call, body));
  }

  private receive(kind: LineFrameKind, body: Uint8Array): void {
    if (this.isClosed) return;
    this.silentCalls = 0;
    if (kind === LineFrameKind.message) this.events?.onMessage(body);
    else if (body.length === 2 * NUMBER_BYTES)
      this.answer(readNumber(body, 0), readNumber(body, NUMBER_BYTES));
  }

  /** Calls back only where the other end needs it, so that two ends do not call each other without end. */
  private answer(other: number, heardByOther: number): void {
    if (other !== this.heard) this.drop();
    this.heard = other;
    const isMutual = heardByOther === this.own;
    if (this.isClosed || (isMutual && this.link !== undefined)) return;
    this.call();
    if (isMutual) this.open();
  }

  /** The owner may close the link before it has told where its events go. */
  private open(): void {
    const link = new LineLink(this);
    this.link = link;
    const events = this.options.onLink(link);
    if (this.link === link) this.events = events;
    else events.onClosed();
  }

  /** For a reason that the other end does not know. It learns of it by the new number, and has to be heard anew. */
  private end(): void {
    this.own = this.draw();
    this.heard = 0;
    this.drop();
  }

  private drop(): void {
    const { events } = this;
    this.link = undefined;
    this.events = undefined;
    events?.onClosed();
  }
}

class LineLink implements Link {
  private readonly line: Line;

  constructor(line: Line) {
    this.line = line;
  }

  send(message: Uint8Array): void {
    this.line.sendOn(this, message);
  }

  attestation() {
    return PLAIN_STREAM;
  }

  close(): void {
    this.line.endLink(this);
  }
}

function readNumber(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}

function writeNumber(bytes: Uint8Array, at: number, number: number): void {
  bytes[at] = number >> 16;
  bytes[at + 1] = number >> 8;
  bytes[at + 2] = number;
}
