// SPDX-License-Identifier: Apache-2.0

/**
 * Whoever opens WebSockets and is nobody, at each place where gateways, entities and bridges come: silent, slow,
 * malformed, flooding, or reading nothing, each on more connections than the place has links. What stays is few links,
 * and whoever comes is still served.
 */
import type { Socket } from 'node:net';
import { suite } from 'uvu';
import { createFill } from '../../bytes/random.testing.ts';
import { ImplementationLimits } from '../../limits.ts';
import { NodeLimits } from '../../node-limits.ts';
import { until } from '../listener.testing.ts';
import { BINARY, openWebSocket, PING, PONG, webSocketFrame } from '../web-socket.testing.ts';
import { ENTITY_PATH } from '../websocket.ts';
import { bridgePort, entityPort, type Port, serverPort } from './hostile.testing.ts';

const test = suite('hostile links');
const MORE = 20;

const { serverMaxGateways, linkMaxMessageBytes } = ImplementationLimits;
const { serverMaxEntities, gatewayMaxBridges } = NodeLimits;
const PLACES: readonly (readonly [string, () => Promise<Port>, string, number])[] = [
  ['gateways', serverPort, '/', serverMaxGateways],
  ['external entities', entityPort, ENTITY_PATH, serverMaxEntities],
  ['bridges', bridgePort, '/', gatewayMaxBridges],
];

const NOISE = new Uint8Array(linkMaxMessageBytes);
createFill(12)(NOISE);
const LONGEST = webSocketFrame(BINARY, NOISE);
/** Messages that one connection floods with: handshakes, records and nonsense of every length. */
const FLOOD = 100;

/** A sign of life for each that is asked for: who gives none goes by itself. */
function live(socket: Socket): void {
  socket.on('data', (bytes) => {
    if (bytes[0] === PING) socket.write(webSocketFrame(PONG, bytes.subarray(2)));
  });
}

/** What one connection does once it is a WebSocket. */
const ATTACKS: Readonly<Record<string, (socket: Socket) => void>> = {
  silent: live,
  slow: (socket) => void socket.write(LONGEST.subarray(0, -1)),
  malformed: (socket) => void socket.write(NOISE),
  flooding(socket): void {
    live(socket);
    for (let count = 0; count < FLOOD; count += 1) {
      const message = Uint8Array.of(count % 16, ...NOISE.subarray(count, 2 * count));
      socket.write(webSocketFrame(BINARY, message));
    }
  },
  'pinging and deaf': (socket) => {
    socket.pause();
    for (let count = 0; count < FLOOD; count += 1) socket.write(webSocketFrame(PING, NOISE.subarray(0, 125)));
  },
};

for (const [what, start, path, most] of PLACES)
  for (const [name, begin] of Object.entries(ATTACKS))
    test(`${name} ${what} that are none take ${most} links at most, and leave room for one that is`, async () => {
      const port = await start();
      const sockets: Socket[] = [];
      for (let count = 0; count < most + MORE; count += 1) {
        const socket = await openWebSocket(port.port, path);
        sockets.push(socket);
        begin(socket);
      }
      await port.serve();
      for (const socket of sockets) socket.resume();
      const opened = () => sockets.filter(({ destroyed }) => !destroyed).length;
      await until(() => opened() <= most, `${opened()} links are open`);
      for (const socket of sockets) socket.destroy();
      await port.serve();
      await port.close();
    });

test.run();
