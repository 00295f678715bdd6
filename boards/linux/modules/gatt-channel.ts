// SPDX-License-Identifier: Apache-2.0

/** The way from a simulated board to the process that is its Bluetooth LE stack, over a line of the board. */
import { encodeFrame, FrameAssembler } from '../../../src/link/frame.ts';
import { decodeGattMessage, encodeGattMessage, type GattMessage } from './gatt-message.ts';

/** Carries bytes in order and loses none. */
export interface StackLine {
  /** Takes no more than may be written now. Returns how many may be written after it. */
  write(bytes: Uint8Array): number;
}

export interface StackLineEvents {
  onBytes(bytes: Uint8Array): void;
  /** So many bytes may be written now. */
  onWritable(count: number): void;
}

/** Calls back later, not before it has returned. */
export type OpenStackLine = (events: StackLineEvents) => StackLine;

export interface GattChannel {
  /** What the line has no room for waits. */
  send(message: GattMessage): void;
}

/** A stack that talks nonsense is a defect of the board: it throws out of the run loop. */
export function openGattChannel(
  openLine: OpenStackLine,
  onMessage: (message: GattMessage) => void,
): GattChannel {
  const waiting: Uint8Array[] = [];
  let writableBytes = 0;
  const assembler = new FrameAssembler((bytes) => onMessage(decodeGattMessage(bytes)));
  const line = openLine({
    onBytes: (bytes) => assembler.push(bytes),
    onWritable(count): void {
      writableBytes = count;
      drain();
    },
  });

  function drain(): void {
    while (waiting.length > 0 && writableBytes > 0) {
      const next = waiting[0]!;
      const part = next.subarray(0, writableBytes);
      if (part.length === next.length) waiting.shift();
      else waiting[0] = next.subarray(part.length);
      writableBytes = line.write(part);
    }
  }

  return {
    send(message): void {
      waiting.push(encodeFrame(encodeGattMessage(message)));
      drain();
    },
  };
}
