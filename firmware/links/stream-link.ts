// SPDX-License-Identifier: Apache-2.0

/** The plain stream link of CPNS-1 on the PNE's side: frames over a socket. */
import { ImplementationLimits } from '../../src/limits.ts';
import { joinStream, type StreamEvents, type StreamOptions } from '../../src/link/stream.ts';
import type { After } from '../../src/link/timer.ts';
import { connectSocket } from '../platform/socket.ts';
import { after as boardAfter } from '../platform/timer.ts';
import type { Connect } from './connect.ts';

/** To a gateway, which sends beats as this end does. */
export function overStream(address: string, port: number, after: After = boardAfter): Connect {
  return connectTo(address, port, after);
}

/** To a port of a simulated board's own host: no beats pass. */
export function overLine(port: number): Connect {
  return connectTo('127.0.0.1', port, undefined);
}

function connectTo(address: string, port: number, after: StreamOptions['after']): Connect {
  return (onLink, onFailed) => {
    let events: StreamEvents | undefined;
    const socket = connectSocket({
      address,
      port,
      onConnected(): void {
        opening?.cancel();
        const stream = { write: socket.write, close };
        events = joinStream(stream, onLink, { maxBytes: ImplementationLimits.pneMaxMessageBytes, after });
      },
      onBytes: (bytes: Uint8Array) => events?.onBytes(bytes),
      onClosed,
    });
    const opening = after?.(ImplementationLimits.linkOpeningMs, close);

    function close(): void {
      socket.close();
      (after ?? boardAfter)(0, onClosed);
    }

    function onClosed(): void {
      opening?.cancel();
      if (events === undefined) onFailed();
      else events.onClosed();
    }
  };
}
