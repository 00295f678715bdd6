// SPDX-License-Identifier: Apache-2.0

/** The plain stream link of CPNS-1, at either end: frames over whatever carries bytes in order. */
import { Refusal, refuse } from '../refusal.ts';
import { PLAIN_STREAM } from './attestation.ts';
import { encodeBeat, encodeFrame, FrameAssembler } from './frame.ts';
import type { Link, LinkEvents } from './link.ts';
import { watchLiveness } from './liveness.ts';
import type { After } from './timer.ts';

/** A connection that is up. */
export interface ByteStream {
  /** Queues the bytes, borrowed for the call. False where there is no room: nothing is queued then. */
  write(bytes: Uint8Array): boolean;
  /** `StreamEvents.onClosed` follows later, never from inside this call. */
  close(): void;
}

/** What the owner of the connection hands on. */
export interface StreamEvents {
  /** Borrowed for the call. */
  onBytes(bytes: Uint8Array): void;
  /** Once and last. */
  onClosed(): void;
}

export interface StreamOptions {
  /** Of one message that is taken. */
  readonly maxBytes: number;
  /** For the beats of both ends. Undefined for a line that has none, and where the peer sends none either. */
  readonly after: After | undefined;
}

/** Makes a connection a link. Bytes that are no frames close it, as does a peer that is silent. */
export function joinStream(
  stream: ByteStream,
  onLink: (link: Link) => LinkEvents,
  { maxBytes, after }: StreamOptions,
): StreamEvents {
  let open = true;
  let quiet = true;
  const liveness = after === undefined ? undefined : watchLiveness({ after, beat, onSilent: close });
  const onBeat = liveness === undefined ? undefined : () => liveness.heard();
  const assembler = new FrameAssembler(receive, maxBytes, onBeat);

  function receive(message: Uint8Array): void {
    liveness?.heard();
    if (open) events.onMessage(message);
  }

  function write(frame: Uint8Array): boolean {
    if (!stream.write(frame)) return false;
    quiet = false;
    return true;
  }

  /** Costs nothing where something was sent since the last one. */
  function beat(): boolean {
    const shown = !quiet || write(encodeBeat());
    quiet = true;
    return shown;
  }

  function close(): void {
    if (!open) return;
    end();
    stream.close();
  }

  function end(): void {
    open = false;
    liveness?.stop();
  }

  const events = onLink({
    send(message: Uint8Array): void {
      if (!open) refuse('linkClosed');
      if (!write(encodeFrame(message))) refuse('queueFull');
    },
    attestation: () => PLAIN_STREAM,
    close,
  });
  return {
    onBytes(bytes: Uint8Array): void {
      try {
        if (open) assembler.push(bytes);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        close();
      }
    },
    onClosed(): void {
      end();
      events.onClosed();
    },
  };
}
