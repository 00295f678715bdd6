// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { connect } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { Refusal } from '../../refusal.ts';
import { PacketStream } from './h4.ts';

/** A controller in the form that ble-host takes: `write` and `'data'` have one whole packet each. */
export interface HciTransport extends EventEmitter {
  write(packet: Uint8Array): void;
  /** Emits `'close'`. */
  close(): void;
}

/** The controller at the other end of a Unix socket. Emits `'close'` when it is gone, or was never there. */
export function connectTransport(path: string): HciTransport {
  const socket = connect(path);
  return transportOver(socket, socket, () => socket.destroy());
}

/** A controller that speaks H4 in two streams of bytes. It is gone when it says what is no packet. */
export function transportOver(input: Readable, output: Writable, end: () => void): HciTransport {
  const emitter = new EventEmitter();
  const stream = new PacketStream();
  input.on('data', (chunk: Uint8Array) => {
    try {
      for (const packet of stream.feed(chunk)) emitter.emit('data', Buffer.from(packet));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      end();
    }
  });
  // 'close' follows.
  for (const each of [input, output]) each.on('error', () => undefined);
  input.on('close', () => emitter.emit('close'));
  return Object.assign(emitter, {
    write: (packet: Uint8Array) => void output.write(packet),
    close: end,
  });
}
