// SPDX-License-Identifier: Apache-2.0
import Serial from 'embedded:io/serial';
import config from 'mc/config';
import { createWriteQueue } from './write-queue.ts';

/** A serial port that holds bounded memory in both directions. */
export interface SerialPort {
  /** Queues the bytes, borrowed for the call. False where there is no room: nothing is queued then. */
  write(bytes: Uint8Array): boolean;
  /** Safe to call twice. What is queued is lost. */
  close(): void;
}

/**
 * Opens a serial port of the board, its manifest's own unless `port` is given. `onBytes` owns what it gets.
 * Throws where the port is in use.
 */
export function openSerialPort(onBytes: (bytes: Uint8Array) => void, port?: number): SerialPort {
  let closed = false;
  const queue = createWriteQueue((bytes, allowed) => {
    serial.write(bytes);
    return allowed - bytes.length;
  });
  const serial = new Serial({
    ...config.serial,
    port: port ?? config.serial.port,
    format: 'buffer',
    /** The platform may call once more after a close from within a callback. */
    onReadable(): void {
      const bytes = closed ? undefined : serial.read();
      if (bytes !== undefined) onBytes(new Uint8Array(bytes));
    },
    onWritable: queue.allow,
  });
  return {
    write: queue.add,
    close(): void {
      if (closed) return;
      closed = true;
      queue.close();
      serial.close();
    },
  };
}
