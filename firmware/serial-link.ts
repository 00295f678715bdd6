// SPDX-License-Identifier: Apache-2.0

/**
 * The plain stream link of CPNS-1 over a serial line: the frames of stream-link.ts. A line is never seen to
 * break, so that two things end a link here: bytes that are no frames, and silence where an answer was due.
 * A new link begins once the line is quiet, because what is under way may be the middle of a frame.
 */
import { ImplementationLimits } from '../src/limits.ts';
import { PLAIN_STREAM } from '../src/link/attestation.ts';
import { encodeFrame, FrameAssembler } from '../src/link/frame.ts';
import type { Link, LinkEvents } from '../src/link/link.ts';
import type { RunningTimer } from '../src/link/timer.ts';
import { Refusal, refuse } from '../src/refusal.ts';
import type { Connect } from './connect.ts';
import { openSerialPort } from './platform/serial.ts';
import { after } from './platform/timer.ts';

/** Without a byte for so long, what comes next is the start of a frame. */
const QUIET_MS = 50;
export interface SerialLine {
  /** The one that the image's manifest names unless given. */
  readonly port?: number;
  /** Without a message for so long after one was sent, nobody is there. Never unless given. */
  readonly silenceMs?: number;
}

export function overSerial({ port, silenceMs }: SerialLine): Connect {
  return (onLink) => {
    let events: LinkEvents | undefined;
    let quiet: RunningTimer | undefined;
    let silence: RunningTimer | undefined;
    let open = true;
    const assembler = new FrameAssembler(receive, ImplementationLimits.pneMaxMessageBytes);
    const serial = openSerialPort(push, port);
    awaitQuiet();

    function awaitQuiet(): void {
      quiet?.cancel();
      quiet = after(QUIET_MS, () => {
        events = onLink(link);
      });
    }

    function push(bytes: Uint8Array): void {
      if (events === undefined) return awaitQuiet();
      try {
        assembler.push(bytes);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        close();
      }
    }

    function receive(message: Uint8Array): void {
      silence?.cancel();
      silence = undefined;
      if (open) events?.onMessage(message);
    }

    function close(): void {
      if (!open) return;
      open = false;
      silence?.cancel();
      serial.close();
      events?.onClosed();
    }

    const link: Link = {
      mtu: ImplementationLimits.linkMaxMessageBytes,
      send(message: Uint8Array): void {
        if (!open) refuse('linkClosed');
        if (!serial.write(encodeFrame(message))) refuse('queueFull');
        if (silenceMs !== undefined) silence ??= after(silenceMs, close);
      },
      attestation: () => PLAIN_STREAM,
      close,
    };
  };
}
