// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { CborWriter } from '../cbor/writer.ts';
import { because } from '../cose/test-fixture.ts';
import { Channel, encodeChannelMessage } from './channel.ts';
import { decodeRoute, encodeRoute, encodeRoutedBody } from './route.ts';

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

test.run();
