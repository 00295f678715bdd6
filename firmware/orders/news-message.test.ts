// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFlat, type FlatItem } from '../../src/cbor/flat.ts';
import { ImplementationLimits } from '../../src/limits.ts';
import { Refusal } from '../../src/refusal.ts';
import { encodeSensorMessage, SensorMessageType } from '../sensors/sensor-message.ts';
import { decodeNews, encodeNews, type News, NewsType } from './news-message.ts';

const test = suite('news-message');

const NEWS: readonly News[] = [
  { type: NewsType.answer, number: 0, reason: 61, status: 0, results: [] },
  { type: NewsType.answer, number: 3, reason: 0, status: 0, results: [2, Uint8Array.of(0x80)] },
  { type: NewsType.notice, reference: 1, owner: 'pne-1', gateway: 'gateway-2' },
  { type: NewsType.notice, reference: 2, owner: undefined, gateway: undefined },
  { type: NewsType.question, number: 9, operation: 'bridge-open', subject: 'gateway-2', target: '1' },
];

test('each is read as it was written', () => {
  for (const news of NEWS) assert.equal(decodeNews(encodeNews(news)), news);
});

test('the longest answer of a server is told whole', () => {
  const results = Array<number>(ImplementationLimits.serviceMaxResults).fill(0);
  const news: News = { type: NewsType.answer, number: 1, reason: 0, status: 0, results };
  assert.equal(decodeNews(encodeNews(news)), news);
});

test('what a board says of its readings is none of it', () => {
  assert.is(decodeNews(encodeSensorMessage({ type: SensorMessageType.sample, count: 1 })), undefined);
  assert.is(decodeNews(encodeSensorMessage({ type: SensorMessageType.figures, text: '{}' })), undefined);
});

const INVALID: readonly (readonly [string, readonly FlatItem[]])[] = [
  ['an answer without its status', [5, 1, 0]],
  ['an answer with a text in it', [5, 1, 0, 0, 'lights']],
  ['a notice without its gateway', [6, 1, 'pne-1']],
  ['a notice with more in it', [6, 1, 'pne-1', '', Uint8Array.of(1)]],
  ['a question of an unknown operation', [7, 1, 2, 'bridge', 'pne-1']],
  ['a question about nothing', [7, 1, 0, 'bridge']],
];

for (const [name, items] of INVALID) {
  test(`${name} is refused`, () => {
    assert.throws(
      () => decodeNews(encodeFlat(items)),
      (error: unknown) => error instanceof Refusal && error.reasonName === 'messageInvalid',
    );
  });
}

test.run();
