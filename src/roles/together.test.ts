// SPDX-License-Identifier: Apache-2.0

/** Readings together, and names of their fields as numbers, from end to end. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { ImplementationLimits } from '../limits.ts';
import { compactPayloads } from '../payload/compact.ts';
import { createTestNetwork, type TestNetwork } from './network.testing.ts';
import { connected, passAll, recover, values } from './scenario.testing.ts';

const test = suite('roles/readings together');
const { pneMaxOutstanding } = ImplementationLimits;

const reading = (index: number) => ({ temperature: 21.4 + index, humidity: 48, battery: 3.71, motion: 0 });

/** Lengths of what passes on CPNS-2 while `act` runs. */
function lengths(network: TestNetwork, act: () => void): { readonly up: number[]; readonly down: number[] } {
  const passed = { up: [] as number[], down: [] as number[] };
  network.relay = (message, towards) => {
    passed[towards === 'server' ? 'up' : 'down'].push(message.length);
    return [message];
  };
  act();
  network.settle();
  passAll(network);
  return passed;
}

/** Of the server's word on what it knows: less than any other message, and shorter than any other record. */
function knownLength(): number {
  const network = createTestNetwork();
  const { down } = lengths(network, () => {
    network.linkUp();
    network.settle();
  });
  return Math.min(...down.slice(-2));
}

/** Loses all that the server says of what it knows, as a server would that knows nothing of it. */
function muteKnown(network: TestNetwork, length: number): void {
  network.relay = (message, towards) => (towards === 'gateway' && message.length === length ? [] : [message]);
}

function report(network: TestNetwork, count: number): void {
  for (let index = 0; index < count; index++) network.pne.report(reading(index));
}

function allDelivered(network: TestNetwork, count: number): void {
  assert.equal(
    values(network),
    Array.from({ length: count }, (_, index) => reading(index)),
  );
  for (const { payload, value } of network.received)
    assert.is(toHex(payload), toHex(compactPayloads.encode(value)));
  assert.ok(network.pne.idle);
}

test('readings that wait for the link go in one record, and have one receipt', () => {
  const network = createTestNetwork();
  report(network, pneMaxOutstanding);
  network.linkUp();
  network.settle();
  allDelivered(network, pneMaxOutstanding);
  assert.equal(
    network.receipts.map(({ handle, outcome }) => `${handle} ${outcome}`),
    Array.from({ length: pneMaxOutstanding }, (_, index) => `${index} accepted`),
  );
  const again = lengths(network, () => report(network, 1));
  assert.equal([again.up.length, again.down.length], [1, 1]);
});

test('the first reading of a session is as it always was, the next has numbers for names', () => {
  const network = connected();
  const [payload] = [compactPayloads.encode(reading(0))];
  const first = lengths(network, () => report(network, 1));
  const recordAndRoute = 18;
  assert.ok(first.up.includes(payload.length + 5 + recordAndRoute - 1), `${first.up}`);
  const second = lengths(network, () => network.pne.report(reading(1)));
  assert.equal(second.up.length, 1);
  assert.ok(second.up[0]! < payload.length, `${second.up}`);
  allDelivered(network, 2);
});

test('names that are lost are told again; readings pass meanwhile', () => {
  const network = connected();
  network.relay = (message, towards) => (towards === 'server' ? [] : [message]);
  report(network, 1);
  network.settle();
  passAll(network);
  network.pne.report(reading(1));
  network.settle();
  assert.is(network.received.length, 1);
  recover(network, 1);
  const { up } = lengths(network, () => network.pne.report(reading(2)));
  assert.ok(up[0]! < compactPayloads.encode(reading(2)).length, `${up}`);
  assert.is(network.received.length, 3);
});

test('where the server says nothing of it, each reading goes alone and as it is', () => {
  const length = knownLength();
  const network = createTestNetwork();
  muteKnown(network, length);
  report(network, 3);
  network.linkUp();
  network.settle();
  assert.is(network.receipts.length, 3);
  allDelivered(network, 3);
  assert.equal(network.refusals, []);
});

test('a server that was started anew is told the names anew', () => {
  const network = connected();
  report(network, 2);
  network.settle();
  network.restart('server');
  recover(network);
  for (let index = 2; index < 5; index++) {
    network.pne.report(reading(index));
    recover(network, 1);
  }
  allDelivered(network, 5);
});

test('numbers hold on the next link of the same session', () => {
  const network = connected();
  report(network, 1);
  network.settle();
  network.linkDown();
  recover(network, 1);
  const { up } = lengths(network, () => network.pne.report(reading(1)));
  assert.equal(up.length, 1);
  assert.ok(up[0]! < compactPayloads.encode(reading(1)).length);
  allDelivered(network, 2);
});

test('what was sent together and lost its receipt is delivered once', () => {
  const network = connected();
  report(network, 1);
  network.settle();
  network.pne.gather(4);
  network.relay = (message, towards) => (towards === 'gateway' ? [] : [message]);
  for (let index = 1; index < 5; index++) network.pne.report(reading(index));
  network.settle();
  assert.is(network.received.length, 5);
  assert.not.ok(network.pne.idle);
  passAll(network);
  recover(network, 2);
  allDelivered(network, 5);
});

test('copies of a record with several readings are refused, and reordered ones taken', () => {
  const network = connected();
  report(network, 1);
  network.settle();
  const held: Uint8Array[] = [];
  network.relay = (message, towards) => {
    if (towards !== 'server') return [message];
    held.push(message);
    return [];
  };
  network.pne.gather(3);
  for (let index = 1; index < 7; index++) network.pne.report(reading(index));
  network.settle();
  assert.is(held.length, 2);
  passAll(network);
  for (const message of [held[1]!, held[0]!, held[1]!]) network.injectRelay(message, 'server');
  network.settle();
  const ids = network.received.map(({ id }) => id - network.received[0]!.id);
  assert.equal(ids, [0, 4, 5, 6, 1, 2, 3]);
  assert.equal(
    network.refusals.map(({ reason }) => reason),
    ['replay'],
  );
  assert.ok(network.pne.idle);
});

test('readings that gather wait until there are as many, or no room, or they are flushed', () => {
  const network = connected();
  network.pne.gather(4);
  report(network, 3);
  network.settle();
  assert.is(network.received.length, 0);
  network.pne.report(reading(3));
  network.settle();
  assert.is(network.received.length, 4);
  network.pne.report(reading(4));
  network.pne.flush();
  network.settle();
  assert.is(network.received.length, 5);
  const long = { text: 'x'.repeat(1000), more: 'y'.repeat(1000) };
  network.pne.gather(16);
  network.pne.report(long);
  network.pne.report(long);
  network.settle();
  assert.is(network.received.length, 7);
  assert.ok(network.pne.idle);
});

test('a reading that no payload holds takes no number', () => {
  const network = connected();
  network.pne.gather(2);
  network.pne.report(reading(0));
  assert.throws(() => network.pne.report(() => 0));
  network.pne.report(reading(1));
  network.settle();
  allDelivered(network, 2);
});

test.run();
