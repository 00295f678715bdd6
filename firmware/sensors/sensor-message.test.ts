// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../../src/limits.ts';
import { Refusal } from '../../src/refusal.ts';
import { decodeSensorMessage, encodeSensorMessage, SensorMessageType } from './sensor-message.ts';

const { payloadMaxBytes, pneMaxMessageBytes } = ImplementationLimits;

const test = suite('sensor-message');

test('each message is read as it was written', () => {
  for (const message of [
    { type: SensorMessageType.sample, count: 8 },
    { type: SensorMessageType.figures, text: '{"done":true}' },
    { type: SensorMessageType.reading, payload: Uint8Array.of(0xa0) },
    { type: SensorMessageType.end },
  ] as const) {
    assert.equal(decodeSensorMessage(encodeSensorMessage(message)), message);
  }
});

test('a reading as long as payloads may be fits into what a PNE takes of its host', () => {
  const payload = new Uint8Array(payloadMaxBytes);
  assert.ok(encodeSensorMessage({ type: SensorMessageType.reading, payload }).length <= pneMaxMessageBytes);
});

for (const [name, bytes] of [
  ['an unknown type', [0x81, 0x04]],
  ['a reading without a payload', [0x81, 0x02]],
  ['an end with more in it', [0x82, 0x03, 0x00]],
] as const) {
  test(`${name} is refused`, () => {
    assert.throws(
      () => decodeSensorMessage(Uint8Array.from(bytes)),
      (error: unknown) => error instanceof Refusal && error.reasonName === 'messageInvalid',
    );
  });
}

test.run();
