// SPDX-License-Identifier: Apache-2.0

/** The way from a simulated board to the process that is its Bluetooth LE stack. */
import { encodeFrame, FrameAssembler } from '../../../src/link/frame.ts';
import { decodeGattMessage, encodeGattMessage, type GattMessage } from './gatt-message.ts';
import TCP from './tcp.ts';

export interface GattChannel {
  /** What is sent before the connection is up waits for it. */
  send(message: GattMessage): void;
}

/** A stack that is gone, or talks nonsense, is a defect of the board: it throws out of the run loop. */
export function openGattChannel(port: number, onMessage: (message: GattMessage) => void): GattChannel {
  const waiting: Uint8Array[] = [];
  let writableBytes = 0;
  const assembler = new FrameAssembler((bytes) => onMessage(decodeGattMessage(bytes)));
  const tcp = new TCP({
    address: '127.0.0.1',
    port,
    onReadable(): void {
      const bytes = tcp.read();
      if (bytes !== undefined) assembler.push(new Uint8Array(bytes as ArrayBuffer));
    },
    onWritable(bytes: number): void {
      writableBytes = bytes;
      drain();
    },
    onError(): void {
      throw new Error('the Bluetooth LE stack of this board is gone');
    },
  });

  function drain(): void {
    while (waiting.length > 0 && waiting[0]!.length <= writableBytes)
      writableBytes = tcp.write(waiting.shift()!);
  }

  return {
    send(message): void {
      waiting.push(encodeFrame(encodeGattMessage(message)));
      drain();
    },
  };
}
