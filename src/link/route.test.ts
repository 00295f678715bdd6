// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concatBytes } from '../bytes/compare.ts';
import { toHex } from '../bytes/hex.ts';
import { CborWriter } from '../cbor/writer.ts';
import { because } from '../cose/test-fixture.ts';
import { Channel, encodeChannelMessage } from './channel.ts';
import { decodeRoute, encodeRoute, encodeRoutedBody, splitRoutes } from './route.ts';

const test = suite('routes');
const LENGTHS = [1, 22, 23, 24, 254, 255, 256, 8000];
const FLOWS = [0, 23, 24, 255, 256, 65535, 65536, 0xffffffff];

test('are an array of flow and message, in one piece or of channel and body', () => {
  for (const flow of FLOWS) {
    for (const length of LENGTHS) {
      const body = new Uint8Array(length).fill(7);
      const message = encodeChannelMessage(Channel.endToEndRecord, body);
      const expected = toHex(new CborWriter().array(2).integer(flow).byteString(message).finish());
      assert.is(toHex(encodeRoute(flow, message)), expected);
      assert.is(toHex(encodeRoutedBody(flow, Channel.endToEndRecord, body)), expected);
      assert.equal(decodeRoute(encodeRoute(flow, message)), { flow, message });
    }
  }
});

test('longer than a link message are refused', () => {
  assert.throws(() => encodeRoute(0, new Uint8Array(8192)), because('tooLong'));
  assert.throws(() => encodeRoutedBody(0, Channel.endToEndRecord, new Uint8Array(8192)), because('tooLong'));
});

test('of a record are one after the other, and whole', () => {
  const routes = FLOWS.map((flow, index) => encodeRoute(flow, new Uint8Array(index).fill(index)));
  assert.equal(splitRoutes(concatBytes(...routes)), routes);
  assert.equal(splitRoutes(routes[3]!), [routes[3]]);
});

test('of a record are refused together where one is none', () => {
  const [first, second] = [encodeRoute(1, new Uint8Array(3)), encodeRoute(2, new Uint8Array(3))];
  const both = concatBytes(first, second);
  assert.throws(() => splitRoutes(new Uint8Array(0)), because('truncated'));
  for (let length = first.length + 1; length < both.length; length += 1)
    assert.throws(() => splitRoutes(both.subarray(0, length)), because('truncated'));
  assert.throws(() => splitRoutes(concatBytes(first, Uint8Array.of(0))), because('wrongType'));
  assert.throws(
    () => splitRoutes(concatBytes(first, Uint8Array.of(0x83, 1, 0x40, 0x40))),
    because('messageInvalid'),
  );
  assert.throws(
    () => splitRoutes(concatBytes(first, Uint8Array.of(0x82, 0x18, 1, 0x40))),
    because('notDeterministic'),
  );
});

test.run();
