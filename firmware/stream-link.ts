// SPDX-License-Identifier: Apache-2.0

/** The plain stream link of CPNS-1 on the PNE's side: frames over a socket. */
import { ImplementationLimits } from '../src/limits.ts';
import { PLAIN_STREAM } from '../src/link/attestation.ts';
import { encodeFrame, FrameAssembler } from '../src/link/frame.ts';
import type { Link, LinkEvents } from '../src/link/link.ts';
import { Refusal, refuse } from '../src/refusal.ts';
import type { Connect } from './connect.ts';
import { connectSocket } from './platform/socket.ts';

export function overStream(address: string, port: number): Connect {
  return (onLink, onFailed) => {
    let events: LinkEvents | undefined;
    const { pneMaxMessageBytes } = ImplementationLimits;
    const assembler = new FrameAssembler((message) => events?.onMessage(message), pneMaxMessageBytes);
    const socket = connectSocket({
      address,
      port,
      onConnected(): void {
        events = onLink(streamLink());
      },
      onBytes(bytes: Uint8Array): void {
        try {
          assembler.push(bytes);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          socket.close();
          closed();
        }
      },
      onClosed: closed,
    });
    let open = true;

    function closed(): void {
      if (!open) return;
      open = false;
      if (events === undefined) onFailed();
      else events.onClosed();
    }

    function streamLink(): Link {
      return {
        mtu: ImplementationLimits.linkMaxMessageBytes,
        send(message: Uint8Array): void {
          if (!open) refuse('linkClosed');
          if (!socket.write(encodeFrame(message))) refuse('queueFull');
        },
        attestation: () => PLAIN_STREAM,
        close(): void {
          socket.close();
          closed();
        },
      };
    }
  };
}
