// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../../bytes/hex.ts';
import { Refusal } from '../../refusal.ts';
import { PacketStream } from './h4.ts';

const test = suite('node/ble/h4');

const PACKETS = ['01030c00', '0201000300aabbcc', '040e0401030c00', '0110200104'];

function isRefused(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch (error) {
    if (error instanceof Refusal) return true;
    throw error;
  }
}

test('packets come out whole, however the stream is cut', () => {
  const bytes = fromHex(PACKETS.join(''));
  for (let size = 1; size <= bytes.length; size += 1) {
    const stream = new PacketStream();
    const packets: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size)
      packets.push(...stream.feed(bytes.subarray(at, at + size)));
    assert.equal(packets.map(toHex), PACKETS);
  }
});

test('an unknown type is refused', () => {
  for (const type of [0, 3, 5, 0xff]) {
    assert.ok(isRefused(() => new PacketStream().feed(Uint8Array.of(type, 0, 0))));
  }
});

test('data that is longer than any host was told to send is refused before it is stored', () => {
  assert.ok(isRefused(() => new PacketStream().feed(fromHex('020100ffff'))));
  assert.not.ok(isRefused(() => new PacketStream().feed(fromHex('0201000004'))));
});

test.run();
