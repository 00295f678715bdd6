// SPDX-License-Identifier: Apache-2.0

/** Messages of CPNS-5: what is written is read back, and whatever is not exactly one of them is refused. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { ImplementationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import {
  decodeEntityNotice,
  decodeEntityRequest,
  EntityMessageType,
  type EntityNotice,
  type EntityRequest,
  encodeEntityNotice,
  encodeEntityRequest,
} from './entity-message.ts';

const test = suite('roles/entity message');
const { follow, taken, deliver, publish, query } = EntityMessageType;
const { reading, dropped, device, answer, settled, published, capabilities } = EntityMessageType;
const PAYLOAD = Uint8Array.of(0xa0);

const REQUESTS: readonly (readonly [EntityRequest, string])[] = [
  [{ type: follow }, '8100'],
  [{ type: taken, number: 300 }, '820319012c'],
  [{ type: deliver, request: 1, pneId: 'p', payload: PAYLOAD }, '840501617041a0'],
  [{ type: publish, request: 1, group: 4, payload: PAYLOAD }, '8408010441a0'],
  [{ type: query, request: 1, pneId: 'p' }, '830a016170'],
];

const NOTICES: readonly (readonly [EntityNotice, string])[] = [
  [
    { type: reading, number: 2, reading: { pneId: 'p', id: 3, arrived: 4, payload: PAYLOAD } },
    '8601026170030441a0',
  ],
  [
    { type: dropped, number: 2, dropped: { pneId: 'p', count: 3, first: 4, last: 9 } },
    '86020261700304' + '09',
  ],
  [{ type: device, pneId: 'p', permissions: 0 }, '8304617000'],
  [{ type: answer, request: 1, status: 4 }, '83060104'],
  [{ type: settled, request: 1, outcome: 'unknown' }, '83070102'],
  [{ type: published, request: 1, queued: 3, missed: 2 }, '8409010302'],
  [
    { type: capabilities, request: 1, isHere: true, fields: ['t', 'h'], services: ['fan'] },
    '870b010102617461686366616e',
  ],
];

test('each message has the bytes that are drawn, and they say the same', () => {
  for (const [message, hex] of REQUESTS) {
    assert.is(toHex(encodeEntityRequest(message)), hex);
    assert.equal(decodeEntityRequest(fromHex(hex)), message);
  }
  for (const [message, hex] of NOTICES) {
    assert.is(toHex(encodeEntityNotice(message)), hex);
    assert.equal(decodeEntityNotice(fromHex(hex)), message);
  }
});

const decoders = { entity: decodeEntityRequest, server: decodeEntityNotice };
const refuses = (end: keyof typeof decoders, bytes: Uint8Array) =>
  assert.throws(
    () => decoders[end](bytes),
    (error: unknown) => error instanceof Refusal,
  );

test('a message that is cut, has a byte too much, or is of the other end is refused', () => {
  const all = [...REQUESTS.map(([, hex]) => ['entity', hex]), ...NOTICES.map(([, hex]) => ['server', hex])];
  for (const [end, hex] of all as ['entity' | 'server', string][]) {
    const bytes = fromHex(hex);
    for (let length = 0; length < bytes.length; length += 1) refuses(end, bytes.subarray(0, length));
    refuses(end, fromHex(`${hex}00`));
    refuses(end === 'entity' ? 'server' : 'entity', bytes);
  }
});

test('bytes that are not deterministic CBOR of one flat array are refused', () => {
  for (const hex of ['811800', '9f00ff', '81f6', 'a0', '818100', '8120', '81fb0000000000000000', 'c08100'])
    for (const end of ['entity', 'server'] as const) refuses(end, fromHex(hex));
});

const HOSTILE: readonly (readonly ['entity' | 'server', readonly FlatItem[]])[] = [
  ['entity', [9, 0]],
  ['entity', []],
  ['entity', [0, 1]],
  ['entity', [3]],
  ['entity', [3, '7']],
  ['entity', [3, 0, 1]],
  ['entity', [5, 0, 'p']],
  ['entity', [5, 0, '', PAYLOAD]],
  ['entity', [5, 0, 1, PAYLOAD]],
  ['entity', [5, 0, 'p', 'x']],
  ['entity', [5, 0, 'p', PAYLOAD, 0]],
  ['entity', [5, 0, 'p', new Uint8Array(ImplementationLimits.payloadMaxBytes + 1)]],
  ['server', [1, 0, 'p', 0, 0]],
  ['server', [1, 0, '', 0, 0, PAYLOAD]],
  ['server', [1, 0, 'p', 0, 0, PAYLOAD, 0]],
  ['server', [2, 0, 'p', 0, 1, 1]],
  ['server', [2, 0, 'p', 1, 2, 1]],
  ['server', [2, 0, 'p', 1, 1, 1, 1]],
  ['server', [4, 'p']],
  ['server', [4, 7, 1]],
  ['server', [4, 'p', 1, 1]],
  ['server', [6, 0, 'x']],
  ['server', [7, 0, 3]],
  ['server', [12, 0, 0]],
  ['entity', [8, 0, 0, PAYLOAD]],
  ['entity', [8, 0, 'p', PAYLOAD]],
  ['entity', [8, 0, 2]],
  ['entity', [8, 0, ImplementationLimits.maxGroupReference + 1, PAYLOAD]],
  ['entity', [8, 0, 2, PAYLOAD, 0]],
  ['entity', [8, 0, 2, new Uint8Array(ImplementationLimits.payloadMaxBytes + 1)]],
  ['entity', [10, 0]],
  ['entity', [10, 0, '']],
  ['entity', [10, 0, 'p', 0]],
  ['server', [9, 0, 1]],
  ['server', [9, 0, 1, 1, 1]],
  ['server', [11, 0, 2, 0]],
  ['server', [11, 0, 1, 2, 'a']],
  ['server', [11, 0, 1, 1, 'a', 7]],
  ['server', [11, 0, 1, 1, '']],
];

test('wrong types, lengths and numbers are refused', () => {
  for (const [end, items] of HOSTILE) refuses(end, encodeFlat(items));
});

test.run();
