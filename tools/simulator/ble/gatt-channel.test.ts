// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type GattChannel,
  openGattChannel,
  type StackLineEvents,
} from '../../../boards/linux/modules/gatt-channel.ts';
import {
  encodeGattMessage,
  type GattMessage,
  GattMessageType,
} from '../../../boards/linux/modules/gatt-message.ts';
import { encodeFrame } from '../../../src/link/frame.ts';
import { Refusal } from '../../../src/refusal.ts';

const test = suite('simulator/ble/gatt-channel');

const LONG: GattMessage = {
  type: GattMessageType.notify,
  numbers: [1, 0],
  values: [Uint8Array.from({ length: 512 }, (_, index) => index & 0xff)],
};
const SHORT: GattMessage = { type: GattMessageType.stop, numbers: [], values: [] };

/** A line with room for so many bytes each time that it is writable. */
class Line {
  readonly parts: Uint8Array[] = [];
  readonly messages: GattMessage[] = [];
  readonly channel: GattChannel;
  events!: StackLineEvents;
  private room = 0;

  constructor() {
    this.channel = openGattChannel(
      (events) => {
        this.events = events;
        return { write: (bytes) => this.write(bytes) };
      },
      (message) => this.messages.push(message),
    );
  }

  allow(count: number): void {
    this.room = count;
    this.events.onWritable(count);
  }

  private write(bytes: Uint8Array): number {
    assert.ok(bytes.length > 0 && bytes.length <= this.room);
    this.room -= bytes.length;
    this.parts.push(bytes.slice());
    return this.room;
  }
}

function frames(...messages: GattMessage[]): Uint8Array {
  return Uint8Array.from(messages.flatMap((message) => [...encodeFrame(encodeGattMessage(message))]));
}

test('nothing is written before the line can be', () => {
  const line = new Line();
  line.channel.send(SHORT);
  assert.is(line.parts.length, 0);
});

for (const room of [1, 7, 512, 4096]) {
  test(`messages pass whole and in order where ${room} bytes fit at once`, () => {
    const line = new Line();
    line.channel.send(LONG);
    line.channel.send(SHORT);
    const expected = frames(LONG, SHORT);
    for (let sent = 0; sent < expected.length; sent += room) line.allow(room);
    assert.equal(Uint8Array.from(line.parts.flatMap((part) => [...part])), expected);
  });
}

test('what was never allowed is not written', () => {
  const line = new Line();
  line.allow(10);
  line.channel.send(LONG);
  line.channel.send(SHORT);
  assert.equal(
    line.parts.map(({ length }) => length),
    [10],
  );
});

test('a message that comes byte by byte is heard once', () => {
  const line = new Line();
  for (const byte of frames(LONG)) line.events.onBytes(Uint8Array.of(byte));
  assert.equal(line.messages, [LONG]);
});

test('a stack that talks nonsense throws', () => {
  const line = new Line();
  assert.throws(
    () => line.events.onBytes(encodeFrame(Uint8Array.of(0xff))),
    (error: unknown) => error instanceof Refusal,
  );
});

test.run();
