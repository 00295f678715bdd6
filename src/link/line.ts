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

export interface Line {
  /** Takes what came, borrowed for the call. Bytes that are no frames are dropped. */
  push(bytes: Uint8Array): void;
  /** Ends the link and is silent from then on. Safe to call twice. */
  close(): void;
}

const NUMBER_BYTES = 3;
const { lineCallMs, lineMaxSilentCalls, linkMaxMessageBytes } = ImplementationLimits;

export function openLine({ after, fillRandom, write, maxMessageBytes, onLink }: LineOptions): Line {
  const reader = new LineFrameReader(maxMessageBytes, receive);
  let own = draw();
  let heard = 0;
  let link: Link | undefined;
  let events: LinkEvents | undefined;
  let silentCalls = 0;
  let timer: RunningTimer | undefined;
  let isClosed = false;
  tick();

  function draw(): number {
    const bytes = new Uint8Array(NUMBER_BYTES);
    fillRandom(bytes);
    return readNumber(bytes, 0) || 1;
  }

  function tick(): void {
    if (link !== undefined && silentCalls >= lineMaxSilentCalls) end();
    if (isClosed) return;
    silentCalls += 1;
    call();
    timer = after(lineCallMs, tick);
  }

  function call(): void {
    const body = new Uint8Array(2 * NUMBER_BYTES);
    writeNumber(body, 0, own);
    writeNumber(body, NUMBER_BYTES, heard);
    write(encodeLineFrame(LineFrameKind.call, body));
  }

  function receive(kind: LineFrameKind, body: Uint8Array): void {
    if (isClosed) return;
    silentCalls = 0;
    if (kind === LineFrameKind.message) events?.onMessage(body);
    else if (body.length === 2 * NUMBER_BYTES) answer(readNumber(body, 0), readNumber(body, NUMBER_BYTES));
  }

  /** Calls back only where the other end needs it, so that two ends do not call each other without end. */
  function answer(other: number, heardByOther: number): void {
    if (other !== heard) drop();
    heard = other;
    const isMutual = heardByOther === own;
    if (isClosed || (isMutual && link !== undefined)) return;
    call();
    if (isMutual) open();
  }

  /** The owner may close the link before it has told where its events go. */
  function open(): void {
    const opened = createLink();
    link = opened;
    const adopted = onLink(opened);
    if (link === opened) events = adopted;
    else adopted.onClosed();
  }

  function createLink(): Link {
    const created: Link = {
      mtu: linkMaxMessageBytes,
      send(message: Uint8Array): void {
        if (link !== created) refuse('linkClosed');
        if (!write(encodeLineFrame(LineFrameKind.message, message))) refuse('queueFull');
      },
      attestation: () => PLAIN_STREAM,
      close(): void {
        if (link !== created) return;
        end();
        call();
      },
    };
    return created;
  }

  /** For a reason that the other end does not know. It learns of it by the new number, and has to be heard anew. */
  function end(): void {
    own = draw();
    heard = 0;
    drop();
  }

  function drop(): void {
    const ended = events;
    link = undefined;
    events = undefined;
    ended?.onClosed();
  }

  return {
    push: (bytes) => reader.push(bytes),
    close(): void {
      isClosed = true;
      timer?.cancel();
      drop();
    },
  };
}

function readNumber(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}

function writeNumber(bytes: Uint8Array, at: number, number: number): void {
  bytes[at] = number >> 16;
  bytes[at + 1] = number >> 8;
  bytes[at + 2] = number;
}
