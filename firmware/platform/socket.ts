// SPDX-License-Identifier: Apache-2.0
import TCP from 'embedded:io/socket/tcp';
import { after } from './timer.ts';
import { createWriteQueue } from './write-queue.ts';

export interface SocketOptions {
  /** IPv4 address in dotted form. */
  readonly address: string;
  readonly port: number;
  /** The connection is up. Comes once, before any bytes. */
  onConnected(): void;
  /** The bytes are owned by the callee. */
  onBytes(bytes: Uint8Array): void;
  /** The connection could not be made or has ended. Comes once and last, and not after `close`. */
  onClosed(): void;
}

/** A TCP connection that holds bounded memory in both directions. */
export interface Socket {
  /** Queues the bytes, borrowed for the call. False where there is no room: nothing is queued then. */
  write(bytes: Uint8Array): boolean;
  /** Safe to call twice. What is queued is lost. */
  close(): void;
}

/** Starts to connect. What is written before the connection is up waits for it. */
export function connectSocket(options: SocketOptions): Socket {
  const queue = createWriteQueue((bytes) => tcp?.write(bytes) ?? 0);
  let connected = false;
  let closed = false;

  const tcp = openTcp({
    address: options.address,
    port: options.port,
    nodelay: true,
    /** The platform may call once more after a close from within a callback. */
    onReadable(): void {
      const bytes = closed ? undefined : tcp?.read();
      if (bytes !== undefined) options.onBytes(new Uint8Array(bytes));
    },
    onWritable(bytes: number): void {
      queue.allow(bytes);
      if (connected || closed) return;
      connected = true;
      options.onConnected();
    },
    onError: fail,
  });
  if (tcp === undefined) after(0, fail);

  function fail(): void {
    if (closed) return;
    close();
    options.onClosed();
  }

  function close(): void {
    if (closed) return;
    closed = true;
    queue.close();
    tcp?.close();
  }

  return { write: queue.add, close };
}

/** Undefined where the platform cannot even try: no route, no network yet, no socket left. */
function openTcp(options: ConstructorParameters<typeof TCP>[0]): TCP | undefined {
  try {
    return new TCP(options);
  } catch {
    return undefined;
  }
}
