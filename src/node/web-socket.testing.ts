// SPDX-License-Identifier: Apache-2.0

/** Test code: a WebSocket of which the test writes each byte (RFC 6455). */
import type { Socket } from 'node:net';
import { concatBytes } from '../bytes/compare.ts';
import { connectRaw } from './listener.testing.ts';

/** The first bytes of frames that are whole messages. */
export const TEXT = 0x81;
export const BINARY = 0x82;
export const PING = 0x89;
export const PONG = 0x8a;

/** Resolves when the other end has taken it as one, or has closed it. What comes then it neither reads nor answers. */
export async function openWebSocket(port: number, path = '/'): Promise<Socket> {
  const socket = await connectRaw(port);
  const headers = [
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
  ];
  headers.push('Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==');
  socket.write(`GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  await new Promise((resolve) => {
    socket.once('data', resolve);
    socket.once('close', resolve);
  });
  return socket;
}

/** A client's frame, under a mask of zeros. Of 65,535 bytes at most. */
export function webSocketFrame(first: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const lengths = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
  return concatBytes(Uint8Array.of(first, ...lengths, 0, 0, 0, 0), payload);
}
