// SPDX-License-Identifier: Apache-2.0

/** The stack's end of the way to its board (boards/linux/modules/gatt-channel.ts). */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import {
  decodeGattMessage,
  encodeGattMessage,
  type GattMessage,
} from '../../../boards/linux/modules/gatt-message.ts';
import { encodeFrame, FrameAssembler } from '../../../src/link/frame.ts';

export interface BoardPort {
  send(type: number, numbers?: readonly number[], values?: readonly Uint8Array[]): void;
}

/**
 * Waits for the one board, and says at which port. `onGone` is called when it has gone, or talks nonsense,
 * which it would only with a defect.
 */
export function listenForBoard(
  onPort: (port: number) => void,
  onMessage: (port: BoardPort, message: GattMessage) => void,
  onGone: (problem?: Error) => void,
): void {
  const server = createServer((socket) => {
    server.close();
    serve(socket, onMessage, onGone);
  });
  server.listen(0, '127.0.0.1', () => onPort((server.address() as AddressInfo).port));
}

function serve(
  socket: Socket,
  onMessage: (port: BoardPort, message: GattMessage) => void,
  onGone: (problem?: Error) => void,
): void {
  socket.setNoDelay(true);
  const port: BoardPort = {
    send: (type, numbers = [], values = []) =>
      void socket.write(encodeFrame(encodeGattMessage({ type, numbers, values }))),
  };
  const assembler = new FrameAssembler((bytes) => onMessage(port, decodeGattMessage(bytes)));
  socket.on('data', (bytes) => {
    try {
      assembler.push(bytes);
    } catch (error) {
      onGone(error as Error);
    }
  });
  // 'close' follows.
  socket.on('error', () => undefined);
  socket.on('close', () => onGone());
}
