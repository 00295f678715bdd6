// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFlat, type FlatItem } from '../cbor/flat.ts';
import {
  decodeConsentToPne,
  decodeConsentToServer,
  encodeConsentAnswer,
  encodeConsentDone,
  encodeConsentReady,
  encodeConsentRequest,
  isConsentType,
} from './consent-message.ts';
import { isKeyType } from './key-message.ts';
import { messageTypeOf } from './readings-message.ts';

const test = suite('consent-message');
const REQUEST = { number: 3, operation: 'bridge-open', subject: 'hall', target: '1' } as const;
const ANSWER = { number: 3, serial: 2, word: 1, seconds: 60 } as const;
const DONE = { number: 3, serial: 2, status: 0 } as const;

test('each decodes to what was encoded, and its type is told by its second byte', () => {
  assert.equal(decodeConsentToPne(encodeConsentRequest(REQUEST)), { type: 17, ...REQUEST });
  assert.equal(decodeConsentToPne(encodeConsentDone(DONE)), { type: 19, ...DONE });
  assert.equal(decodeConsentToServer(encodeConsentAnswer(ANSWER)), ANSWER);
  assert.is(decodeConsentToServer(encodeConsentReady()), undefined);
  const messages = [
    encodeConsentReady(),
    encodeConsentRequest(REQUEST),
    encodeConsentAnswer(ANSWER),
    encodeConsentDone(DONE),
  ];
  assert.equal(
    messages.map((bytes) => [messageTypeOf(bytes), bytes[1]]),
    [
      [17, 17],
      [17, 17],
      [18, 18],
      [19, 19],
    ],
  );
  for (const bytes of messages) assert.ok(isKeyType(bytes[1]!) && isConsentType(bytes[1]!));
  assert.not.ok(isConsentType(13) || isConsentType(20));
});

const TO_PNE: readonly (readonly FlatItem[])[] = [
  [17],
  [17, 0, 0, 'a', 'b'],
  [17, 1, 2, 'a', 'b'],
  [17, 1, 0, '', 'b'],
  [17, 1, 0, 'a', ''],
  [17, 1, 0, 'a'],
  [17, 1, 0, 'a', 'b', 0],
  [17, 1, 0, Uint8Array.of(1), 'b'],
  [18, 1, 1, 1, 0],
  [19, 1, 1],
  [19, 1, 1, 0, 0],
  [19, 'a', 1, 0],
];

const TO_SERVER: readonly (readonly FlatItem[])[] = [
  [17, 1],
  [17, 1, 0, 'a', 'b'],
  [18],
  [18, 1, 1, 1],
  [18, 1, 1, 3, 0],
  [18, 1, 1, 1, 31_536_001],
  [18, 1, 1, 1, 0, 0],
  [18, 1, 'a', 1, 0],
  [19, 1, 1, 0],
];

test('what is not exactly one message is refused by either end', () => {
  for (const items of TO_PNE)
    assert.throws(() => decodeConsentToPne(encodeFlat(items)), /messageInvalid/, items.join());
  for (const items of TO_SERVER)
    assert.throws(() => decodeConsentToServer(encodeFlat(items)), /messageInvalid/, items.join());
});

test('bytes that are cut off or go on are refused', () => {
  const request = encodeConsentRequest(REQUEST);
  for (let end = 0; end < request.length; end += 1)
    assert.throws(() => decodeConsentToPne(request.slice(0, end)));
  assert.throws(() => decodeConsentToPne(Uint8Array.of(...request, 0)));
});

test.run();
