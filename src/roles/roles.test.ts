// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import { ImplementationLimits } from '../limits.ts';
import { createCborXPayloads } from '../payload/codec.ts';
import { type ReasonName, Refusal } from '../refusal.ts';
import { createTestNetwork, type TestNetwork } from './network.testing.ts';
import { recover } from './scenario.testing.ts';

const ALGORITHMS = Object.freeze({
  'AES-CCM-16-64-128': Algorithm.AES_CCM_16_64_128,
  'ChaCha20/Poly1305': Algorithm.CHACHA20_POLY1305,
});

const test = suite('roles');

for (const [mode, algorithm] of Object.entries(ALGORITHMS)) {
  const connected = (): TestNetwork => {
    const network = createTestNetwork({ algorithms: [algorithm] });
    network.linkUp();
    network.settle();
    return network;
  };

  test(`${mode}: a reading reaches the server byte for byte and its receipt comes back`, () => {
    const network = connected();
    const value = { temperature: 21.5, room: 'küche', motion: true };
    assert.is(network.pne.report(value), 0);
    network.settle();
    const id = ImplementationLimits.maxReadingsPerBoot;
    assert.equal(network.received, [{ id, payload: createCborXPayloads().encode(value), value }]);
    assert.equal(network.receipts, [{ handle: 0, outcome: 'accepted' }]);
    assert.ok(network.pne.idle);
    assert.equal(network.refusals, []);
  });

  test(`${mode}: a content reaches the PNE once, after it registered`, () => {
    const network = createTestNetwork({ algorithms: [algorithm] });
    network.server.deliver('pne-1', { interval: 250 });
    network.server.deliver('pne-1', 'second');
    network.settle();
    assert.equal(network.contents, []);
    network.linkUp();
    network.settle();
    assert.equal(network.contents, [{ interval: 250 }, 'second']);
    network.linkDown();
    network.linkUp();
    network.settle();
    assert.is(network.contents.length, 2);
  });

  test(`${mode}: a record with any bit flipped is refused, and the next good one is accepted`, () => {
    const network = connected();
    let record = new Uint8Array();
    network.tap = (message) => {
      record = message.slice();
      return [];
    };
    network.pne.report('once');
    network.tap = (message) => [message];
    for (let bit = 0; bit < record.length * 8; bit += 1) {
      const altered = record.slice();
      altered[bit >> 3]! ^= 1 << (bit & 7);
      network.inject(altered, 'gateway');
      network.settle();
    }
    assert.equal(network.received, []);
    assert.is(network.refusals.length, record.length * 8);
    network.inject(record, 'gateway');
    network.settle();
    assert.equal(
      network.received.map(({ value }) => value),
      ['once'],
    );
  });

  test(`${mode}: a replayed reading counts once`, () => {
    const network = connected();
    network.tap = (message) => [message, message, message];
    network.pne.report(1);
    network.settle();
    assert.is(network.received.length, 1);
    assert.is(network.receipts.length, 1);
    assert.ok(network.refusals.length > 0);
    assert.ok(network.refusals.every(({ reason }) => reason === 'replay'));
  });

  test(`${mode}: readings that arrive in reverse are all taken`, () => {
    const network = connected();
    const held: Uint8Array[] = [];
    network.tap = (message, towards) => {
      if (towards === 'pne') return [message];
      held.push(message);
      return [];
    };
    for (let value = 0; value < ImplementationLimits.pneMaxOutstanding; value += 1) network.pne.report(value);
    for (const message of held.splice(0).reverse()) network.inject(message, 'gateway');
    network.settle();
    assert.equal(
      network.received.map(({ value }) => value),
      [...Array(ImplementationLimits.pneMaxOutstanding).keys()].reverse(),
    );
    assert.ok(network.pne.idle);
  });

  test(`${mode}: a record sent back to its sender is refused`, () => {
    const network = connected();
    const sent: Uint8Array[] = [];
    network.tap = (message) => {
      sent.push(message);
      return [];
    };
    network.pne.report(1);
    network.inject(sent[0]!, 'pne');
    assert.equal(network.refusals, [{ at: 'pne', reason: 'kidUnknown' }]);
  });
}

const connected = (): TestNetwork => {
  const network = createTestNetwork();
  network.linkUp();
  network.settle();
  return network;
};

test('the deepest payload with the longest text passes both ways', () => {
  const network = connected();
  let value: unknown = 'x'.repeat(ImplementationLimits.payloadMaxTextBytes);
  for (let depth = 0; depth < ImplementationLimits.payloadMaxDepth; depth += 1) value = { v: value };
  network.server.deliver('pne-1', value);
  network.pne.report(value);
  network.settle();
  assert.equal(network.contents, [value]);
  assert.equal(network.received[0]?.value, value);
});

test('a reading reported while the link is down arrives when it comes up', () => {
  const network = createTestNetwork();
  network.pne.report('early');
  network.settle();
  assert.equal(network.received, []);
  network.linkUp();
  network.settle();
  assert.equal(
    network.received.map(({ value }) => value),
    ['early'],
  );
  assert.ok(network.pne.idle);
});

test('a reading whose receipt was lost with the link is sent again and counts once', () => {
  const network = connected();
  network.tap = (message, towards) => (towards === 'pne' ? [] : [message]);
  network.pne.report('kept');
  network.settle();
  assert.is(network.received.length, 1);
  assert.not(network.pne.idle);
  network.tap = (message) => [message];
  network.linkDown();
  network.linkUp();
  network.settle();
  assert.is(network.received.length, 1);
  assert.equal(network.receipts, [{ handle: 0, outcome: 'accepted' }]);
});

test('a reading that was lost is sent again when its receipt is late', () => {
  const network = connected();
  network.tap = () => [];
  network.pne.report('lost');
  network.settle();
  network.tap = (message) => [message];
  network.fireTimers();
  network.settle();
  assert.equal(
    network.received.map(({ value }) => value),
    ['lost'],
  );
  network.fireTimers();
  network.settle();
  assert.is(network.received.length, 1);
});

test('a registration that was lost is sent again', () => {
  const network = createTestNetwork();
  network.server.deliver('pne-1', 'hello');
  network.tap = () => [];
  network.linkUp();
  network.settle();
  network.tap = (message) => [message];
  network.fireTimers();
  network.settle();
  assert.equal(network.contents, ['hello']);
});

test('no more readings are taken than may wait for a receipt', () => {
  const network = createTestNetwork();
  while (network.pne.room > 0) network.pne.report(0);
  assert.throws(() => network.pne.report(0), refusedWith('queueFull'));
  network.linkUp();
  network.settle();
  assert.is(network.received.length, ImplementationLimits.pneMaxOutstanding);
});

test('long readings take the room of several, and give it back', () => {
  const network = createTestNetwork();
  const { payloadMaxTextBytes } = ImplementationLimits;
  const long = ['x'.repeat(payloadMaxTextBytes - 10), 'y'.repeat(payloadMaxTextBytes - 10)];
  network.pne.report(long);
  network.pne.report(long);
  assert.is(network.pne.room, 0);
  assert.throws(() => network.pne.report(long), refusedWith('queueFull'));
  recover(network);
  assert.is(network.received.length, 2);
  assert.is(network.pne.room, 2);
});

test('a value that is no payload is refused and leaves nothing behind', () => {
  const network = connected();
  assert.throws(() => network.pne.report(() => 1), refusedWith('wrongType'));
  assert.ok(network.pne.idle);
});

test('the gateway drops unknown channels, empty bodies and routes it does not have', () => {
  const network = connected();
  for (const message of [[], [1], [2], [0, 1, 2], [3, 1, 2], [4, 1, 2], [5, 1, 2]]) {
    network.inject(Uint8Array.from(message), 'gateway');
  }
  network.settle();
  assert.equal(
    network.refusals,
    Array.from({ length: 7 }, () => ({ at: 'gateway', reason: 'frameInvalid' })),
  );
  network.pne.report(1);
  network.settle();
  assert.is(network.received.length, 1);
});

test('the gateway sees neither a payload nor a name in encrypted mode', () => {
  const network = createTestNetwork();
  let seen = '';
  network.tap = (message) => {
    seen += toHex(message);
    return [message];
  };
  network.linkUp();
  network.pne.report('a secret reading');
  network.settle();
  assert.is(network.received.length, 1);
  for (const text of ['a secret reading', 'pne-1']) assert.not.ok(seen.includes(hexOf(text)));
});

function refusedWith(reason: ReasonName): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.reasonName === reason;
}

function hexOf(text: string): string {
  return toHex(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

test.run();
