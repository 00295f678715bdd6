// SPDX-License-Identifier: Apache-2.0

/**
 * What passes between a simulated board and the process that is its Bluetooth LE stack, in frames of
 * src/link/frame.ts. Connections and characteristics go by number.
 *
 *     message = [type: uint, numbers: [*64 uint], values: [*64 bstr .size (0..512)]]
 *
 *     board -> stack                  numbers                              values
 *       open          0   MTU, security, properties of characteristics    UUIDs of service, characteristics
 *       advertise     1                                                   data, scan response
 *       stop          2
 *       notify        3   connection, characteristic                      value
 *       reply         4   connection, passkey, or whether the same
 *       close         5   connection
 *       written       6   connection: its write is done                   (only then comes the next)
 *       forget        7   connection, which may have ended: its bond is erased
 *     stack -> board
 *       ready        16
 *       connected    17   connection, bytes of a notification, whether there is a bond
 *       disconnected 18   connection
 *       room         19   connection, bytes of a notification
 *       secured      20   connection, flags, size of the key                  channel binding
 *       passkey      21   connection, action, number
 *       subscription 22   connection, characteristic, whether it is on
 *       value        23   connection, characteristic                      value
 */
import { CborReader } from '../../../src/cbor/reader.ts';
import { CborWriter } from '../../../src/cbor/writer.ts';
import { SpecificationLimits } from '../../../src/limits.ts';
import { refuse } from '../../../src/refusal.ts';

export const GattMessageType = Object.freeze({
  open: 0,
  advertise: 1,
  stop: 2,
  notify: 3,
  reply: 4,
  close: 5,
  written: 6,
  forget: 7,
  ready: 16,
  connected: 17,
  disconnected: 18,
  room: 19,
  secured: 20,
  passkey: 21,
  subscription: 22,
  value: 23,
} as const);

/** `security` of open; from `ioShift` on are the IO capabilities as SMP numbers them (Vol 3 Part H 3.5.1). */
export const OpenSecurity = Object.freeze({ bond: 1, authenticate: 2, immediate: 4, ioShift: 3 } as const);
/** `flags` of secured. */
export const SecuredFlag = Object.freeze({ encrypted: 1, authenticated: 2, bonded: 4 } as const);
/** `action` of passkey. */
export const PasskeyAction = Object.freeze({ display: 0, compareNumber: 1, input: 2 } as const);

export interface GattMessage {
  readonly type: number;
  readonly numbers: readonly number[];
  /** Borrowed from what was decoded. */
  readonly values: readonly Uint8Array[];
}

/** How many numbers and values each type has; open has as many as there are characteristics. */
const SHAPES: Readonly<Record<number, readonly [numbers: number, values: number]>> = Object.freeze({
  1: [0, 2],
  2: [0, 0],
  3: [2, 1],
  4: [2, 0],
  5: [1, 0],
  6: [1, 0],
  7: [1, 0],
  16: [0, 0],
  17: [3, 0],
  18: [1, 0],
  19: [2, 0],
  20: [3, 1],
  21: [3, 0],
  22: [3, 0],
  23: [2, 1],
});

export function encodeGattMessage({ type, numbers, values }: GattMessage): Uint8Array {
  const writer = new CborWriter().array(3).integer(type).array(numbers.length);
  for (const number of numbers) writer.integer(number);
  writer.array(values.length);
  for (const value of values) writer.byteString(value);
  return writer.finish();
}

/** Refuses whatever is not exactly one message. */
export function decodeGattMessage(bytes: Uint8Array): GattMessage {
  const reader = new CborReader(bytes);
  if (reader.array() !== 3) refuse('messageInvalid');
  const type = reader.unsigned();
  const numbers = list(reader, () => reader.unsigned());
  const values = list(reader, () => reader.byteString());
  reader.end();
  const [numberCount, valueCount] = shapeOf(type, numbers.length);
  if (numbers.length !== numberCount || values.length !== valueCount) refuse('messageInvalid');
  if (values.some(({ length }) => length > SpecificationLimits.attMaxValueBytes)) refuse('tooLong');
  return { type, numbers, values };
}

function shapeOf(type: number, numbers: number): readonly [number, number] {
  if (type === GattMessageType.open) return [Math.max(2, numbers), Math.max(2, numbers) - 1];
  return SHAPES[type] ?? refuse('messageInvalid');
}

function list<T>(reader: CborReader, read: () => T): T[] {
  return Array.from({ length: reader.array() }, read);
}
