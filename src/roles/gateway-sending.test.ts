// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { because } from '../cose/test-fixture.ts';
import { GatewayChannel } from '../link/gateway-channel.ts';
import { encodeRoute } from '../link/route.ts';
import { type Cpns2, joined, type TestGateway } from './cpns-2.testing.ts';
import { ControlKind } from './gateway-control.ts';

const test = suite('what an end of CPNS-2 sends in a turn');
const LONG = 1500;

/** Routes of as many bytes of message, each of another flow. */
function routes(count: number, length = 20): Uint8Array[] {
  return Array.from({ length: count }, (_, flow) => encodeRoute(flow, new Uint8Array(length).fill(3)));
}

/** Counts the records that pass from here on. */
function countRecords(net: Cpns2): { records: number } {
  const seen = { records: 0 };
  net.tap = (message) => {
    if (message[0] === GatewayChannel.record) seen.records += 1;
    return [message];
  };
  return seen;
}

function inTurns(): { net: Cpns2; gateway: TestGateway; seen: { records: number } } {
  const { net, gateway } = joined({ hasTurns: true });
  return { net, gateway, seen: countRecords(net) };
}

test('without turns each route is a record', () => {
  const { net, gateway } = joined();
  const seen = countRecords(net);
  for (const route of routes(3)) gateway.routes.link!.send(route);
  assert.is(seen.records, 3);
});

test('the routes of a turn are one record, in both directions, and arrive in their order', () => {
  const { net, gateway, seen } = inTurns();
  const sent = routes(5);
  for (const route of sent) gateway.routes.link!.send(route);
  for (const route of sent) net.routes[0]!.link!.send(route);
  assert.is(seen.records, 0);
  net.settle();
  assert.is(seen.records, 2);
  assert.equal(net.routes[0]!.received, sent);
  assert.equal(gateway.routes.received, sent);
});

test('another turn is another record', () => {
  const { net, gateway, seen } = inTurns();
  for (const route of routes(2)) {
    gateway.routes.link!.send(route);
    net.settle();
  }
  assert.is(seen.records, 2);
  assert.equal(net.routes[0]!.received, routes(2));
});

test('more than a record holds are several', () => {
  const { net, gateway, seen } = inTurns();
  for (const route of routes(5, LONG)) gateway.routes.link!.send(route);
  net.settle();
  assert.is(seen.records, 3);
  assert.equal(net.routes[0]!.received, routes(5, LONG));
  assert.equal(gateway.refusals, []);
});

test('a control message comes behind the routes before it', () => {
  const { net, gateway } = inTurns();
  const [route] = routes(1);
  const order: string[] = [];
  gateway.routes.received.push = () => order.push('route');
  gateway.withdrawn.push = () => order.push('control');
  net.routes[0]!.link!.send(route!);
  net.links.state({ kind: ControlKind.withdrawn, pneId: 'pne-1' });
  net.routes[0]!.link!.send(route!);
  net.settle();
  assert.equal(order, ['route', 'control', 'route']);
});

test('what is held when the link ends is lost, and nothing is reported of it', () => {
  const { net, gateway } = inTurns();
  gateway.routes.link!.send(routes(1)[0]!);
  gateway.close();
  net.settle();
  assert.equal(net.routes[0]!.received, []);
});

test('a route that no record can hold is refused, and the others go', () => {
  const { net, gateway } = inTurns();
  const [first, last] = routes(2);
  gateway.routes.link!.send(first!);
  assert.throws(() => gateway.routes.link!.send(encodeRoute(7, new Uint8Array(5000))), because('tooLong'));
  gateway.routes.link!.send(last!);
  net.settle();
  assert.equal(net.routes[0]!.received, [first, last]);
});

test.run();
