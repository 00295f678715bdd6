// SPDX-License-Identifier: Apache-2.0

/** A host's end of the socket of server.ts, in the form that ble-host takes: whole packets in both directions. */
import { EventEmitter } from 'node:events';
import { connect } from 'node:net';
import { PacketStream } from './hci/framing.ts';
import type { HciTransport } from './transport.ts';

/** Emits `'close'` when the controller is gone, or was never there. */
export function connectTransport(path: string): HciTransport {
  const emitter = new EventEmitter();
  const stream = new PacketStream();
  const socket = connect(path);
  socket.on('data', (chunk) => {
    for (const packet of stream.feed(chunk)) emitter.emit('data', Buffer.from(packet));
  });
  // 'close' follows.
  socket.on('error', () => undefined);
  socket.on('close', () => emitter.emit('close'));
  return Object.assign(emitter, {
    write: (packet: Uint8Array) => void socket.write(packet),
    close: () => void socket.destroy(),
  });
}
