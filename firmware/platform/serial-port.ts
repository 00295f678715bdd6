// SPDX-License-Identifier: Apache-2.0
import type SerialPortOfBoard from 'embedded:io/serial';
import type { After } from '../../src/link/timer.ts';
import { refuse } from '../../src/refusal.ts';
import { createWriteQueue } from './write-queue.ts';

/** A serial port that holds bounded memory in both directions. */
export interface SerialPort {
  /** Queues the bytes, borrowed for the call. False where there is no room: nothing is queued then. */
  write(bytes: Uint8Array): boolean;
  /** Nothing is heard any more, and what is queued is lost; the port is free a moment later. Safe to call twice. */
  close(): void;
}

/** How a manifest describes a port. */
export interface SerialSettings {
  readonly port: number;
  /** Pins. */
  readonly receive: number;
  readonly transmit: number;
  readonly baud: number;
}

/** Of that port alone: no other has its pins. Refuses `notProvisioned` where the board has no such port. */
export function settingsOf(ports: readonly (SerialSettings | undefined)[], port: number): SerialSettings {
  return ports.find((each) => each?.port === port) ?? refuse('notProvisioned');
}

/** Opens a port of the board. `onBytes` owns what it gets. Throws where the port is in use. */
export function createSerialPort(
  Serial: typeof SerialPortOfBoard,
  after: After,
  settings: SerialSettings,
  onBytes: (bytes: Uint8Array) => void,
): SerialPort {
  let isClosed = false;
  const queue = createWriteQueue((bytes, allowed) => {
    serial.write(bytes);
    return allowed - bytes.length;
  });
  const serial = new Serial({
    ...settings,
    format: 'buffer',
    onReadable(): void {
      const bytes = isClosed ? undefined : serial.read();
      if (bytes !== undefined) onBytes(new Uint8Array(bytes));
    },
    onWritable: queue.allow,
  });
  return {
    write: queue.add,
    /** SDK 8.2.3 goes on with a port that was closed from within its own call, and reads what was freed. */
    close(): void {
      if (isClosed) return;
      isClosed = true;
      queue.close();
      after(0, () => serial.close());
    },
  };
}
