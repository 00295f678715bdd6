// SPDX-License-Identifier: Apache-2.0

/** Whoever opens WebSockets and is nobody: has few links at each place where gateways, entities and bridges come. */
import { suite } from 'uvu';
import { ImplementationLimits } from '../../limits.ts';
import { NodeLimits } from '../../node-limits.ts';
import { Owner, until } from '../listener.testing.ts';
import { connectWebSocket, ENTITY_PATH } from '../websocket.ts';
import { bridgePort, entityPort, type Port, serverPort } from './hostile.testing.ts';

const test = suite('hostile links');
const MORE = 20;

const { serverMaxGateways } = ImplementationLimits;
const { serverMaxEntities, gatewayMaxBridges } = NodeLimits;
const PLACES: readonly (readonly [string, () => Promise<Port>, string, number])[] = [
  ['gateways', serverPort, '/', serverMaxGateways],
  ['external entities', entityPort, ENTITY_PATH, serverMaxEntities],
  ['bridges', bridgePort, '/', gatewayMaxBridges],
];

for (const [what, start, path, most] of PLACES)
  test(`${what} that are none take ${most} links at most, and leave room for one that is`, async () => {
    const port = await start();
    const owner = new Owner();
    for (let count = 0; count < most + MORE; count += 1)
      await connectWebSocket(`ws://127.0.0.1:${port.port}${path}`, owner.adopt);
    await until(() => owner.open <= most, `${owner.open} links are open`);
    await port.serve();
    await port.close();
  });

test.run();
