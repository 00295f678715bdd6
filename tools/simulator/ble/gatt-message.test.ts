// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeAdvertising } from '../../../boards/linux/modules/advertising.ts';
import {
  decodeGattMessage,
  encodeGattMessage,
  type GattMessage,
  GattMessageType,
} from '../../../boards/linux/modules/gatt-message.ts';
import { BleUuid } from '../../../src/link/ble.ts';
import { Refusal } from '../../../src/refusal.ts';

const test = suite('boards/linux/gatt-message');
const BYTES = Uint8Array.of(1, 2, 3);

/** One of each. */
const MESSAGES: readonly GattMessage[] = [
  { type: GattMessageType.open, numbers: [515, 7, 8200, 65552], values: [BYTES, BYTES, BYTES] },
  { type: GattMessageType.advertise, numbers: [], values: [BYTES, new Uint8Array(0)] },
  { type: GattMessageType.stop, numbers: [], values: [] },
  { type: GattMessageType.notify, numbers: [1, 0], values: [new Uint8Array(512)] },
  { type: GattMessageType.reply, numbers: [1, 999_999], values: [] },
  { type: GattMessageType.close, numbers: [1], values: [] },
  { type: GattMessageType.written, numbers: [1], values: [] },
  { type: GattMessageType.ready, numbers: [], values: [] },
  { type: GattMessageType.connected, numbers: [1, 20, 1], values: [] },
  { type: GattMessageType.forget, numbers: [1], values: [] },
  { type: GattMessageType.disconnected, numbers: [1], values: [] },
  { type: GattMessageType.room, numbers: [1, 512], values: [] },
  { type: GattMessageType.secured, numbers: [1, 7, 16], values: [BYTES] },
  { type: GattMessageType.passkey, numbers: [1, 0, 123_456], values: [] },
  { type: GattMessageType.subscription, numbers: [1, 0, 1], values: [] },
  { type: GattMessageType.value, numbers: [1, 1], values: [BYTES] },
];

function refusal(bytes: Uint8Array): string | undefined {
  try {
    decodeGattMessage(bytes);
    return undefined;
  } catch (error) {
    return error instanceof Refusal ? error.reasonName : String(error);
  }
}

test('every message comes back as it was', () => {
  assert.is(new Set(MESSAGES.map(({ type }) => type)).size, Object.keys(GattMessageType).length);
  for (const message of MESSAGES) assert.equal(decodeGattMessage(encodeGattMessage(message)), message);
});

test('a message with more or less than its type has is refused', () => {
  for (const message of MESSAGES.slice(1)) {
    for (const numbers of [[...message.numbers, 1], message.numbers.slice(1)]) {
      if (numbers.length === message.numbers.length) continue;
      assert.is(refusal(encodeGattMessage({ ...message, numbers })), 'messageInvalid');
    }
    assert.is(
      refusal(encodeGattMessage({ ...message, values: [...message.values, BYTES] })),
      'messageInvalid',
    );
  }
});

test('an opening without a UUID for each characteristic is refused', () => {
  const [open] = MESSAGES;
  for (const values of [[], [BYTES], [BYTES, BYTES], [BYTES, BYTES, BYTES, BYTES]])
    assert.is(refusal(encodeGattMessage({ ...open!, values })), 'messageInvalid');
});

test('an unknown type, a value that no attribute holds, and what is cut or goes on are refused', () => {
  assert.is(refusal(encodeGattMessage({ type: 7, numbers: [], values: [] })), 'messageInvalid');
  const long = { type: GattMessageType.value, numbers: [1, 1], values: [new Uint8Array(513)] };
  assert.is(refusal(encodeGattMessage(long)), 'tooLong');
  for (const message of MESSAGES) {
    const bytes = encodeGattMessage(message);
    for (let length = 0; length < Math.min(bytes.length, 40); length += 1)
      assert.ok(refusal(bytes.subarray(0, length)) !== undefined);
    assert.is(refusal(Uint8Array.of(...bytes, 0)), 'trailingBytes');
  }
});

test('advertising data is laid out as the SDK does, and has its limit', () => {
  assert.equal([...encodeAdvertising({ flags: 6 })], [2, 1, 6]);
  assert.equal([...encodeAdvertising({ name: 'PNE' })], [4, 9, 0x50, 0x4e, 0x45]);
  const service = encodeAdvertising({ services: [BleUuid.service] });
  assert.equal([...service.subarray(0, 4)], [17, 7, 0x39, 0x55]);
  assert.throws(
    () => encodeAdvertising({ services: [BleUuid.service], name: 'a name too long' }),
    'invalid adv',
  );
});

test.run();
